"""Reports of two stretches of traffic: Evidently's, and a page in plain words."""
