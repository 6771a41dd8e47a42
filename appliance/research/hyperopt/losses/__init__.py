"""Judge an epoch by one number: the lower, the better."""
