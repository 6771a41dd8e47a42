"""Draw pages of candles with indicators, and of profits: one HTML file each, like reports."""
