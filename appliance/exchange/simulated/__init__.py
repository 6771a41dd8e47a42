"""The simulated market (`exchange.name` "simulated"): prices, books and candles without a network."""
