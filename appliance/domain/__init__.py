"""Define what all other packages use: trades, orders, markets, money, time frames, messages, errors."""
