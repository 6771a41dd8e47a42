"""Walk over past candles as the bot walks over new ones: signals, orders, fills, exits."""
