"""The exchange server, for every test here."""

from tests.exchange_server.fixture import binance_server as binance_server
