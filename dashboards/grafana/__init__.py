"""The dashboards for Grafana: rendered with its SDK, pushed with its client."""
