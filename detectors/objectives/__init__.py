"""Error budgets of objectives: what is left of them, how fast they burn, how long they last."""
