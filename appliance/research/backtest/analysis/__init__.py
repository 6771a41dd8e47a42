"""Analyse the pairs of a backtest: candles become indicators, and these become signals."""
