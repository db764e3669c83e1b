"""What flows through Tidewatch and what it stores: typed contracts, no I/O, no clock."""
