"""Find fills that a backtest grants and a market might not: pure functions over arrays."""
