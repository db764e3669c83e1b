"""Training of the shipped models, from public data, in the open."""
