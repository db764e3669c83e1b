"""Computing: text, signals, summaries, drift, burn rates. No I/O, no clock, no global state."""
