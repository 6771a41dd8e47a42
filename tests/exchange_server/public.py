"""Public endpoints under /api/v3: what anybody may ask about the market."""

from collections.abc import Mapping

from aiohttp import web

from appliance.domain import timeframe as timeframes
from appliance.domain.market import Market
from appliance.exchange.simulated.days import Day
from appliance.exchange.simulated.market import SimulatedMarket
from tests.exchange_server import parameters
from tests.exchange_server.dialect import Refusal, decimal, description, places, symbol_of

MARKET: web.AppKey[SimulatedMarket] = web.AppKey("market", SimulatedMarket)
PAIRS: web.AppKey[Mapping[str, str]] = web.AppKey("pairs", dict)
routes = web.RouteTableDef()

_MOST_CANDLES = 1000
_MOST_OFFERS = 5000


@routes.get("/api/v3/ping")
async def ping(request: web.Request) -> web.Response:
    return web.json_response({})


@routes.get("/api/v3/time")
async def server_time(request: web.Request) -> web.Response:
    return web.json_response({"serverTime": request.app[MARKET].now_ms()})


@routes.get("/api/v3/exchangeInfo")
async def exchange_info(request: web.Request) -> web.Response:
    market = request.app[MARKET]
    pairs, _ = parameters.symbols(request.query, request.app[PAIRS])
    limits = [
        {"rateLimitType": "REQUEST_WEIGHT", "interval": "MINUTE", "intervalNum": 1, "limit": 6000},
        {"rateLimitType": "ORDERS", "interval": "SECOND", "intervalNum": 10, "limit": 100},
    ]
    return web.json_response(
        {
            "timezone": "UTC",
            "serverTime": market.now_ms(),
            "rateLimits": limits,
            "exchangeFilters": [],
            "symbols": [description(market.markets[pair]) for pair in pairs],
        }
    )


@routes.get("/api/v3/klines")
@routes.get("/api/v3/uiKlines")
async def klines(request: web.Request) -> web.Response:
    query = request.query
    parameters.known(query, "symbol", "interval", "startTime", "endTime", "timeZone", "limit")
    pair = parameters.symbol(query, request.app[PAIRS])
    interval = parameters.text(query, "interval")
    market = request.app[MARKET]
    if interval not in market.timeframes:
        raise Refusal(-1120, "Invalid interval.")
    limit = parameters.limit(query, 500, _MOST_CANDLES)
    start, end = parameters.integer(query, "startTime"), parameters.integer(query, "endTime")
    if start is not None and end is not None and start > end:
        return web.json_response([])
    if start is None and end is not None:
        start = timeframes.candle_open_ms(interval, end) - (limit - 1) * timeframes.milliseconds(interval)
    candles = await market.fetch_candles(pair, interval, since_ms=start, limit=limit)
    kept = [candle for candle in candles.tolist() if end is None or candle[0] <= end]
    return web.json_response([_kline(candle, interval, market.markets[pair]) for candle in kept])


@routes.get("/api/v3/depth")
async def depth(request: web.Request) -> web.Response:
    parameters.known(request.query, "symbol", "limit")
    pair = parameters.symbol(request.query, request.app[PAIRS])
    market = request.app[MARKET]
    book = await market.fetch_order_book(pair, parameters.limit(request.query, 100, _MOST_OFFERS))
    price_places, amount_places = _places(market.markets[pair])
    sides = {
        side: [[decimal(price, price_places), decimal(amount, amount_places)] for price, amount in offers]
        for side, offers in (("bids", book.bids), ("asks", book.asks))
    }
    return web.json_response({"lastUpdateId": book.timestamp, **sides})


@routes.get("/api/v3/ticker/24hr")
async def ticker_24hr(request: web.Request) -> web.Response:
    parameters.known(request.query, "symbol", "symbols", "type")
    pairs, single = parameters.symbols(request.query, request.app[PAIRS])
    market = request.app[MARKET]
    now = market.now_ms()
    days = await market.fetch_days(pairs, now)
    return _one_or_many([_day(day, market, now) for day in days], single)


@routes.get("/api/v3/ticker/price")
async def ticker_price(request: web.Request) -> web.Response:
    parameters.known(request.query, "symbol", "symbols")
    pairs, single = parameters.symbols(request.query, request.app[PAIRS])
    market = request.app[MARKET]
    now = market.now_ms()
    answers = [
        {"symbol": symbol_of(market.markets[pair]), "price": decimal(market.price(pair, now))}
        for pair in pairs
    ]
    return _one_or_many(answers, single)


@routes.get("/api/v3/ticker/bookTicker")
async def ticker_book(request: web.Request) -> web.Response:
    parameters.known(request.query, "symbol", "symbols")
    pairs, single = parameters.symbols(request.query, request.app[PAIRS])
    market = request.app[MARKET]
    now = market.now_ms()
    answers = [{"symbol": symbol_of(market.markets[pair]), **_best(market, pair, now)} for pair in pairs]
    return _one_or_many(answers, single)


@routes.get("/api/v3/avgPrice")
async def average_price(request: web.Request) -> web.Response:
    parameters.known(request.query, "symbol")
    pair = parameters.symbol(request.query, request.app[PAIRS])
    market = request.app[MARKET]
    candles = await market.fetch_candles(pair, "1m", limit=5)
    volume = candles[:, 5].sum()
    mean = (candles[:, 4] * candles[:, 5]).sum() / volume if volume else candles[-1, 4]
    return web.json_response({"mins": 5, "price": decimal(mean), "closeTime": market.now_ms()})


@routes.get("/fapi/v1/exchangeInfo")
@routes.get("/dapi/v1/exchangeInfo")
async def no_derivatives(request: web.Request) -> web.Response:
    """ccxt asks for futures markets too unless it is told not to: there are none."""
    now = request.app[MARKET].now_ms()
    return web.json_response({"timezone": "UTC", "serverTime": now, "rateLimits": [], "symbols": []})


def _one_or_many(answers: list[dict], single: bool) -> web.Response:
    return web.json_response(answers[0] if single else answers)


def _places(market: Market) -> tuple[int, int]:
    return places(market.price_precision), places(market.amount_precision)


def _kline(candle: list[float], interval: str, market: Market) -> list:
    opened, *prices, volume = candle
    turnover = sum(prices) / 4 * volume
    return [
        int(opened),
        *(decimal(price) for price in prices),
        decimal(volume),
        timeframes.next_open_ms(interval, int(opened)) - 1,
        decimal(turnover),
        int(volume / market.amount_min) % 5000 + 1,
        decimal(volume / 2),
        decimal(turnover / 2),
        "0",
    ]


def _best(market: SimulatedMarket, pair: str, now_ms: int) -> dict:
    book = market.order_book(pair, 1, now_ms)
    (bid, bid_amount), (ask, ask_amount) = book.bids[0], book.asks[0]
    return {
        "bidPrice": decimal(bid),
        "bidQty": decimal(bid_amount),
        "askPrice": decimal(ask),
        "askQty": decimal(ask_amount),
    }


def _day(day: Day, market: SimulatedMarket, now_ms: int) -> dict:
    mean = day.quote_volume / day.base_volume if day.base_volume else day.last
    return {
        "symbol": symbol_of(market.markets[day.pair]),
        "priceChange": decimal(day.last - day.open),
        "priceChangePercent": decimal((day.last / day.open - 1) * 100, 3),
        "weightedAvgPrice": decimal(mean),
        "prevClosePrice": decimal(day.open),
        "lastPrice": decimal(day.last),
        "lastQty": decimal(market.markets[day.pair].amount_min),
        **_best(market, day.pair, now_ms),
        "openPrice": decimal(day.open),
        "highPrice": decimal(day.high),
        "lowPrice": decimal(day.low),
        "volume": decimal(day.base_volume),
        "quoteVolume": decimal(day.quote_volume),
        "openTime": day.open_ms,
        "closeTime": day.close_ms,
        "firstId": 1,
        "lastId": 100_000,
        "count": 100_000,
    }
