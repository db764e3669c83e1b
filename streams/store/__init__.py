"""ClickHouse from the client's side: connecting, migrating, inserting."""
