"""Page through an exchange's past public trades: from an id on, or from a time on."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

from appliance.domain.market import PublicTrade
from appliance.exchange.ccxt import read_markets
from appliance.exchange.ccxt.connection import Connection
from appliance.exchange.ccxt.protocol import Params

if TYPE_CHECKING:
    from appliance.domain.market import Candles

HOUR_MS = 3_600_000
_NS = 1_000_000
"""Nanoseconds in a millisecond."""

HourlyCandles = Callable[[str, int], Awaitable["Candles"]]
"""Asks for a pair's candles of an hour, from a time (ms) on."""


class PagesById:
    """Page by ids, which have no gaps. Of a time, the exchange tells the trades of the hour that follows."""

    limit = 1000

    def __init__(self, connection: Connection, hourly_candles: HourlyCandles) -> None:
        self._connection = connection
        self._hourly_candles = hourly_candles

    async def fetch_since(self, pair: str, since_ms: int) -> Sequence[PublicTrade]:
        page = await self._ask(pair, since_ms)
        if not page:
            hour = await self._traded_hour(pair, since_ms)
            if hour is None:
                return []
            page = await self._ask(pair, max(since_ms, hour))
        return await self._from_the_beginning(pair, page, since_ms)

    async def fetch_after(self, pair: str, last: PublicTrade) -> Sequence[PublicTrade]:
        if last.id is None or not last.id.isdecimal():  # stored by another program
            return await self.fetch_since(pair, last.timestamp)
        return await self._ask(pair, None, {"fromId": last.id})

    async def _ask(self, pair: str, since_ms: int | None, params: Params | None = None) -> list[PublicTrade]:
        return await _asked(self._connection, pair, since_ms, self.limit, params or {})

    async def _traded_hour(self, pair: str, since_ms: int) -> int | None:
        """Return when the first hour began in which something was traded; the pair may not be listed yet."""
        at = since_ms // HOUR_MS * HOUR_MS
        while len(candles := await self._hourly_candles(pair, at)):
            traded = candles[candles[:, 5] > 0]
            if len(traded):
                return int(traded[0, 0])
            at = int(candles[-1, 0]) + HOUR_MS
        return None

    async def _from_the_beginning(
        self, pair: str, page: list[PublicTrade], since_ms: int
    ) -> Sequence[PublicTrade]:
        """Go back to the first trade since then: a full page may hold the newest ones of its hour."""
        while len(page) >= self.limit and (first := _number(page[0])) > 0:
            before = await self._ask(pair, None, {"fromId": str(max(first - self.limit, 0))})
            inside = [trade for trade in before if trade.timestamp >= since_ms and _number(trade) < first]
            if not inside:
                break
            page = inside if len(inside) == len(before) else inside + page
        return page


class PagesByTime:
    """Page by times in nanoseconds: the exchange returns the trades after such a time, oldest first."""

    limit = 1000

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def fetch_since(self, pair: str, since_ms: int) -> Sequence[PublicTrade]:
        params = {"since": str(max(since_ms * _NS - 1, 0))}
        return await _asked(self._connection, pair, None, self.limit, params)

    async def fetch_after(self, pair: str, last: PublicTrade) -> Sequence[PublicTrade]:
        return await self.fetch_since(pair, last.timestamp)


def _number(trade: PublicTrade) -> int:
    return int(trade.id) if trade.id is not None and trade.id.isdecimal() else 0


async def _asked(
    connection: Connection, pair: str, since_ms: int | None, limit: int, params: Params
) -> list[PublicTrade]:
    connection.check(pair)
    size = connection.markets[pair].contract_size or 1.0
    return await connection.ask(
        lambda exchange: exchange.fetch_trades(pair, since_ms, limit, params),
        lambda answer: read_markets.public_trades(answer, size),
    )


def trade_history(connection: Connection, hourly_candles: HourlyCandles) -> PagesById | PagesByTime | None:
    """Return what pages through an exchange's past trades; None where only the newest can be had."""
    match connection.traits.trade_pages:
        case "ids":
            return PagesById(connection, hourly_candles)
        case "nanoseconds":
            return PagesByTime(connection)
    return None
