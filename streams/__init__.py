"""Processes: score, watch, sink, notify; settings, replay, embedded servers, command line."""
