"""Real servers as child processes on 127.0.0.1: Kafka and ClickHouse with nothing to install."""
