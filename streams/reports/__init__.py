"""Reports: events of two stretches from ClickHouse or a simulation, and the files made of them."""
