"""References of drift monitors: built from stored windows or from a file of events."""
