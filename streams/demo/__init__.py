"""``tidewatch demo``: everything at work, with faults whose alerts are held against the truth."""
