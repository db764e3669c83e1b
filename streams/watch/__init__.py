"""watch: panes to windows, windows to alerts, in Faust."""
