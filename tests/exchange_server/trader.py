"""Connect ccxt's own binance class to a running exchange; nothing in it is patched."""

import json
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager

import ccxt.async_support
from ccxt.base.errors import BaseError

from tests.exchange_server.fixture import BinanceServer

Trader = ccxt.async_support.binance


@asynccontextmanager
async def trader(server: BinanceServer, cls: type = Trader, **changes: object) -> AsyncIterator[Trader]:
    """Give ccxt's class with its markets loaded. `changes` are further settings of the class."""
    options = {"fetchMarkets": {"types": ["spot"]}, "adjustForTimeDifference": True}
    settings = {**server.ccxt_config, **server.credentials, "options": options, "timeout": 2_000, **changes}
    exchange = cls(settings)
    try:
        await exchange.load_time_difference()
        await exchange.load_markets()
        yield exchange
    finally:
        await exchange.close()


async def limit_price(exchange: Trader, pair: str, ratio: float) -> float:
    """Return a price at this ratio of the last one, on the market's tick."""
    ticker = await exchange.fetch_ticker(pair)
    return float(exchange.price_to_precision(pair, ticker["last"] * ratio))


async def code_of(exchange: Trader, question: Awaitable) -> int:
    """Return Binance's code of the refusal that a question gets."""
    try:
        answer = await question
    except BaseError:
        return json.loads(exchange.last_http_response)["code"]
    raise AssertionError(f"answered: {answer}")


async def pass_time(server: BinanceServer, exchange: Trader, milliseconds: int) -> None:
    """Let the exchange's time jump, and the client take note."""
    server.put_clock_ahead(milliseconds)
    await exchange.load_time_difference()
