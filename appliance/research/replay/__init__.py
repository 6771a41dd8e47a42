"""Compare what a bot did with what a backtest of that time would have done, and explain each difference."""
