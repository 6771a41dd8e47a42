"""Find signals and indicators that know candles of the future: by comparing with what was known then."""
