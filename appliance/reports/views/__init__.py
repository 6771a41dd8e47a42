"""Show trades, orders, locks, candles and settings in the form of the API."""
