"""The built-in page: server-rendered views of what Tidewatch knows, live."""
