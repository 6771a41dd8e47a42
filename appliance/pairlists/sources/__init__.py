"""Fetch what pair lists go by: candles, JSON from the web, CoinGecko."""
