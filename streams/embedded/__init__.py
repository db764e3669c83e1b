"""Real servers run as child processes on 127.0.0.1: Kafka and ClickHouse without installing either."""
