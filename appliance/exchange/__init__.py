"""Reach exchanges: the gateway contract, ccxt, the simulated market, dry-run matching, candle cache."""
