"""``tidewatch compare``: candidates against their baseline, from stored windows."""
