"""Evaluate epochs on other machines: a cluster of Dask, whose workers need neither candles nor strategy."""
