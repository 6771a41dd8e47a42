"""Which pairs are traded: generators and filters."""
