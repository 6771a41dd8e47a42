"""Backtest strategies: what a strategy would have traded on past candles."""
