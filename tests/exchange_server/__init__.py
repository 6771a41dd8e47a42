"""A server that speaks Binance's spot dialect over the simulated market: REST, streams, a ledger, faults.

ccxt's real `binance` class talks to it in the tests, and `python -m tests.exchange_server` runs it alone.
It trades with one account. Orders are matched against the simulated market's prices as time passes; every
order, fill and movement of money is in its ledger (`server.ledger`, or `GET /__ledger` from elsewhere).
What goes wrong is said by rules (`faults.Fault`): given to `fixture.start`, to `server.faults.add`, to
`--faults` or to `POST /__faults`.
Not there: order lists (OCO), icebergs, trailing stops, amendments, margin and futures.
Source of the dialect: https://developers.binance.com/docs/binance-spot-api-docs/rest-api
"""
