"""Show single things as the API does: trades, orders, locks, candles, settings."""
