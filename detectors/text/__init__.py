"""Reading texts: each column of a batch is read once, and all detectors share what was read."""
