"""The judge process: a heavier scorer, by choice, on a budgeted sample."""
