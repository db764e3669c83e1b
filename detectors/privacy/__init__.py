"""Personal data and secrets in texts: found once, for signals and for redaction."""
