"""score: inference events to signals, panes and the events table."""
