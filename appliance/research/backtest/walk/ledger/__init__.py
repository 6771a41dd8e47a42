"""What a walk writes down: trades, balances and locks, and the locks that protections wish."""
