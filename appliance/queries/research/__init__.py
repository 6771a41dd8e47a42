"""What clients may ask and start in webserver mode: backtests, charts, downloads, lists."""
