"""ClickHouse: numbered migrations, how they are rendered, and the columns that signals have."""
