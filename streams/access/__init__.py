"""What each process needs of Kafka and ClickHouse, and nothing more."""
