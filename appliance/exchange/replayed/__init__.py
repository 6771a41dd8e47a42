"""Stored candles as a market (`exchange.name` "replayed"), whose time goes on when the bot has used it."""
