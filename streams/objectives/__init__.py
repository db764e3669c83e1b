"""``tidewatch slo``: budgets of objectives from stored windows."""
