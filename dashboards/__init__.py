"""Panels declared once, rendered for Grafana and for the built-in page."""
