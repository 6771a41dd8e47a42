"""Candle files, download, backtest, parameter search."""
