"""The sink process: what is on Kafka beside events goes to ClickHouse."""
