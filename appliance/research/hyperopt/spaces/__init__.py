"""What is searched: the dimensions of each space, and the values of a strategy that they set."""
