"""feedback: what users, judges and the ground truth say, in the segments of its events."""
