"""simulate: a file of events through scoring, windows and monitors, with no server."""
