"""A server that speaks Binance's spot REST dialect over the simulated market.

ccxt's real `binance` class talks to it in the tests, and `python -m tests.exchange_server` runs it alone.
Source of the dialect: https://developers.binance.com/docs/binance-spot-api-docs/rest-api
"""
