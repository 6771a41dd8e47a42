"""Write reports of backtests: one HTML file each, which opens from disk without a network."""
