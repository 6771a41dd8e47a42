"""What is asked over HTTP and websockets, in Binance's words."""
