"""Replay: traffic made up or taken from data sets, with faults and rubbish on request."""
