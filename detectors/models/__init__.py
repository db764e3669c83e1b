"""Trained artefacts; training/ makes them, docs/models/ describes them."""
