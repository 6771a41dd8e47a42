"""Just enough of each exchange's HTTP dialect to see what ccxt's real classes send, and to answer them.

Each dialect reads a request as its exchange documents it and answers over one small account
(`account.py`); what it does not know it refuses with 404. Binance has a server of its own, with a market:
`tests/exchange_server`.
"""
