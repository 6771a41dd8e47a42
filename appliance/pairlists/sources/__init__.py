"""Fetch the data of pair lists: candles, JSON from the web, CoinGecko."""
