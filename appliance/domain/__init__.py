"""Hold what everything else speaks of: trades, orders, markets, money, time frames, messages, errors."""
