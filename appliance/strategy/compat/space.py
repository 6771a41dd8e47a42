"""Offer the dimensions of a search space."""

from appliance.strategy.dimensions import Categorical, Dimension, Integer, Real, SKDecimal

__all__ = ["Categorical", "Dimension", "Integer", "Real", "SKDecimal"]
