"""Dead letters: reading them from their topic, and sending them to where they came from."""
