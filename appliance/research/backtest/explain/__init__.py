"""Explain a candle of a backtest: what it saw, and why it entered or exited, or did not."""
