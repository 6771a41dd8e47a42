"""What clients start and follow in webserver mode, beside backtests."""
