"""What every part of the bot works with: trades, money, prices, locks and events."""
