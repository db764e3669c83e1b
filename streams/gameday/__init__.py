"""Game day: faults injected into a copy of the traffic's shape, and what monitors make of them."""
