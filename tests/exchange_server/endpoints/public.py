"""Public endpoints under /api/v3: what anybody may ask about the market."""

from aiohttp import web

from appliance.domain import timeframe as timeframes
from appliance.domain.market import Market
from appliance.exchange.simulated.days import Day
from appliance.exchange.simulated.market import SimulatedMarket
from appliance.exchange.simulated.path import STEP_MS
from appliance.exchange.simulated.trades import TRADES_A_STEP
from tests.exchange_server.dialect import Refusal, answered, decimal, description, places, symbol_of
from tests.exchange_server.disturbing import SKEW_MS, STALE_MS
from tests.exchange_server.endpoints import parameters
from tests.exchange_server.engine.exchange import EXCHANGE, Exchange

routes = web.RouteTableDef()

_MOST_CANDLES = 1000
_MOST_OFFERS = 5000


@routes.get("/api/v3/ping")
async def ping(request: web.Request) -> web.Response:
    return answered({})


@routes.get("/api/v3/time")
async def server_time(request: web.Request) -> web.Response:
    return answered({"serverTime": request.app[EXCHANGE].now() + request.get(SKEW_MS, 0)})


@routes.get("/api/v3/exchangeInfo")
async def exchange_info(request: web.Request) -> web.Response:
    market = request.app[EXCHANGE].market
    pairs, _ = parameters.symbols(request.query, request.app[EXCHANGE].pairs)
    settings, halted = request.app[EXCHANGE].settings, request.app[EXCHANGE].halted
    limits = [
        _rate_limit("REQUEST_WEIGHT", "MINUTE", 1, settings.weight_limit),
        _rate_limit("ORDERS", "SECOND", 10, settings.orders_in_10s),
        _rate_limit("ORDERS", "DAY", 1, settings.orders_in_day),
    ]
    return answered(
        {
            "timezone": "UTC",
            "serverTime": market.now_ms(),
            "rateLimits": limits,
            "exchangeFilters": [],
            "symbols": [description(market.markets[pair], halted=pair in halted) for pair in pairs],
        }
    )


@routes.get("/api/v3/klines")
@routes.get("/api/v3/uiKlines")
async def klines(request: web.Request) -> web.Response:
    query = request.query
    parameters.known(query, "symbol", "interval", "startTime", "endTime", "timeZone", "limit")
    pair = parameters.symbol(query, request.app[EXCHANGE].pairs)
    interval = parameters.text(query, "interval")
    market = request.app[EXCHANGE].market
    if interval not in market.timeframes:
        raise Refusal(-1120, "Invalid interval.")
    limit = parameters.limit(query, 500, _MOST_CANDLES)
    start, end = parameters.integer(query, "startTime"), parameters.integer(query, "endTime")
    if start is not None and end is not None and start > end:
        return answered([])
    if start is None and end is not None:
        start = timeframes.candle_open_ms(interval, end) - (limit - 1) * timeframes.milliseconds(interval)
    candles = await market.fetch_candles(pair, interval, since_ms=start, limit=limit)
    newest = market.now_ms() - request.get(STALE_MS, 0)
    last = newest if end is None else min(end, newest)
    kept = [candle for candle in candles.tolist() if candle[0] <= last]
    return answered([kline(candle, interval, market.markets[pair]) for candle in kept])


@routes.get("/api/v3/depth")
async def depth(request: web.Request) -> web.Response:
    parameters.known(request.query, "symbol", "limit")
    pair = parameters.symbol(request.query, request.app[EXCHANGE].pairs)
    exchange = request.app[EXCHANGE]
    market = exchange.market
    book = exchange.prices.book(pair, parameters.limit(request.query, 100, _MOST_OFFERS), exchange.now())
    price_places, amount_places = _places(market.markets[pair])
    sides = {
        side: [[decimal(price, price_places), decimal(amount, amount_places)] for price, amount in offers]
        for side, offers in (("bids", book.bids), ("asks", book.asks))
    }
    return answered({"lastUpdateId": book.timestamp, **sides})


@routes.get("/api/v3/aggTrades")
async def aggregate_trades(request: web.Request) -> web.Response:
    pair = parameters.symbol(request.query, request.app[EXCHANGE].pairs)
    return answered(await trades(request, request.app[EXCHANGE].market, pair))


async def trades(request: web.Request, market: SimulatedMarket, pair: str) -> list[dict]:
    """Answer with the trades from an id or a time on, or the newest."""
    query = request.query
    parameters.known(query, "symbol", "fromId", "startTime", "endTime", "limit")
    limit, first = parameters.limit(query, 500, _MOST_CANDLES), parameters.integer(query, "fromId")
    start, end = parameters.integer(query, "startTime"), parameters.integer(query, "endTime")
    history, now = market.trade_history, market.now_ms()
    if first is not None:
        found = await history.fetch_since(pair, first // TRADES_A_STEP * STEP_MS)
        found = [trade for trade in found if int(trade.id) >= first][:limit]
    elif start is not None:
        found = await history.fetch_since(pair, start)
        found = [trade for trade in found if end is None or trade.timestamp <= end][:limit]
    else:
        span = history.limit // TRADES_A_STEP * STEP_MS
        found = (await history.fetch_since(pair, now - span + STEP_MS))[-limit:]
    return [
        {
            "a": int(trade.id),
            "p": decimal(trade.price),
            "q": decimal(trade.amount),
            "f": int(trade.id),
            "l": int(trade.id),
            "T": trade.timestamp,
            "m": trade.side == "sell",
            "M": True,
        }
        for trade in found
    ]


@routes.get("/api/v3/ticker/24hr")
async def ticker_24hr(request: web.Request) -> web.Response:
    parameters.known(request.query, "symbol", "symbols", "type")
    pairs, single = parameters.symbols(request.query, request.app[EXCHANGE].pairs)
    exchange = request.app[EXCHANGE]
    now = exchange.now()
    days = await exchange.market.fetch_days(pairs, now)
    return _one_or_many([_day(day, exchange, now) for day in days], single)


@routes.get("/api/v3/ticker/price")
async def ticker_price(request: web.Request) -> web.Response:
    parameters.known(request.query, "symbol", "symbols")
    pairs, single = parameters.symbols(request.query, request.app[EXCHANGE].pairs)
    exchange = request.app[EXCHANGE]
    markets, now = exchange.market.markets, exchange.now()
    answers = [
        {"symbol": symbol_of(markets[pair]), "price": decimal(float(exchange.prices.last(pair, now)))}
        for pair in pairs
    ]
    return _one_or_many(answers, single)


@routes.get("/api/v3/ticker/bookTicker")
async def ticker_book(request: web.Request) -> web.Response:
    parameters.known(request.query, "symbol", "symbols")
    pairs, single = parameters.symbols(request.query, request.app[EXCHANGE].pairs)
    exchange = request.app[EXCHANGE]
    markets, now = exchange.market.markets, exchange.now()
    answers = [{"symbol": symbol_of(markets[pair]), **_best(exchange, pair, now)} for pair in pairs]
    return _one_or_many(answers, single)


@routes.get("/api/v3/avgPrice")
async def average_price(request: web.Request) -> web.Response:
    parameters.known(request.query, "symbol")
    pair = parameters.symbol(request.query, request.app[EXCHANGE].pairs)
    market = request.app[EXCHANGE].market
    candles = await market.fetch_candles(pair, "1m", limit=5)
    volume = candles[:, 5].sum()
    mean = (candles[:, 4] * candles[:, 5]).sum() / volume if volume else candles[-1, 4]
    return answered({"mins": 5, "price": decimal(mean), "closeTime": market.now_ms()})


@routes.get("/dapi/v1/exchangeInfo")
async def no_derivatives(request: web.Request) -> web.Response:
    """ccxt asks for markets margined in coins too unless it is told not to: there are none."""
    now = request.app[EXCHANGE].market.now_ms()
    return answered({"timezone": "UTC", "serverTime": now, "rateLimits": [], "symbols": []})


def _rate_limit(kind: str, interval: str, number: int, limit: int) -> dict:
    return {"rateLimitType": kind, "interval": interval, "intervalNum": number, "limit": limit}


def _one_or_many(answers: list[dict], single: bool) -> web.Response:
    return answered(answers[0] if single else answers)


def _places(market: Market) -> tuple[int, int]:
    return places(market.price_precision), places(market.amount_precision)


def kline(candle: list[float], interval: str, market: Market) -> list:
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


def _best(exchange: Exchange, pair: str, now_ms: int) -> dict:
    book = exchange.prices.book(pair, 1, now_ms)
    (bid, bid_amount), (ask, ask_amount) = book.bids[0], book.asks[0]
    return {
        "bidPrice": decimal(bid),
        "bidQty": decimal(bid_amount),
        "askPrice": decimal(ask),
        "askQty": decimal(ask_amount),
    }


def _day(day: Day, exchange: Exchange, now_ms: int) -> dict:
    market = exchange.market.markets[day.pair]
    mean = day.quote_volume / day.base_volume if day.base_volume else day.last
    return {
        "symbol": symbol_of(market),
        "priceChange": decimal(day.last - day.open),
        "priceChangePercent": decimal((day.last / day.open - 1) * 100, 3),
        "weightedAvgPrice": decimal(mean),
        "prevClosePrice": decimal(day.open),
        "lastPrice": decimal(day.last),
        "lastQty": decimal(market.amount_min),
        **_best(exchange, day.pair, now_ms),
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
