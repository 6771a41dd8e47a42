"""Calculate the statistics of a backtest: pure functions from trades, balances and candles to numbers."""
