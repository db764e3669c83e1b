"""Monitors: OpenSLO v1 documents and Tidewatch's own kinds, read and resolved."""
