"""backtest: what monitors would have done over the past."""
