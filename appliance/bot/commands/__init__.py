"""Commands of clients."""
