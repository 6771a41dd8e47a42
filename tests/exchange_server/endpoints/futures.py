"""Public endpoints under /fapi/v1: what anybody may ask about perpetual contracts margined in USDT."""

import msgspec
from aiohttp import web

from tests.exchange_server.dialect import answered, decimal, description, places, symbol_of
from tests.exchange_server.endpoints import parameters
from tests.exchange_server.endpoints.public import kline, trades
from tests.exchange_server.engine.exchange import EXCHANGE

routes = web.RouteTableDef()
SERIES = {"markPriceKlines": "mark", "indexPriceKlines": "index", "premiumIndexKlines": "premiumIndex"}
FAR_DATE = 4133404800000
"""Binance's date of delivery of contracts that have none."""


@routes.get("/fapi/v1/time")
async def server_time(request: web.Request) -> web.Response:
    return answered({"serverTime": request.app[EXCHANGE].now()})


@routes.get("/fapi/v1/exchangeInfo")
async def exchange_info(request: web.Request) -> web.Response:
    market = request.app[EXCHANGE].futures
    return answered(
        {
            "timezone": "UTC",
            "serverTime": market.now_ms(),
            "rateLimits": [],
            "symbols": [
                {
                    "symbol": symbol_of(each),
                    "pair": symbol_of(each),
                    "contractType": "PERPETUAL",
                    "deliveryDate": market.now_ms() + 86_400_000 if each.base == "ZIL" else FAR_DATE,
                    "status": "TRADING",
                    "baseAsset": each.base,
                    "quoteAsset": each.quote,
                    "marginAsset": each.quote,
                    "pricePrecision": places(each.price_precision),
                    "quantityPrecision": places(each.amount_precision),
                    "filters": [
                        *description(msgspec.structs.replace(each, cost_max=0.0))["filters"][:3],
                        {"filterType": "MIN_NOTIONAL", "notional": decimal(each.cost_min)},
                    ],
                }
                for each in market.markets.values()
            ],
        }
    )


@routes.get("/fapi/v1/klines")
@routes.get("/fapi/v1/markPriceKlines")
@routes.get("/fapi/v1/indexPriceKlines")
@routes.get("/fapi/v1/premiumIndexKlines")
async def klines(request: web.Request) -> web.Response:
    market, query = request.app[EXCHANGE].futures, request.query
    pair = _pair(request, "pair" if "index" in request.path else "symbol")
    interval, start = parameters.text(query, "interval"), parameters.integer(query, "startTime")
    limit = parameters.limit(query, 500, 1500)
    series = SERIES.get(request.path.rpartition("/")[2])
    if series is None:
        candles = await market.fetch_candles(pair, interval, since_ms=start, limit=limit)
    elif start is None:
        candles = await market.futures.fetch_mark_candles(pair, interval, limit=limit)
    else:
        candles = await market.futures.fetch_series(pair, interval, series, since_ms=start, limit=limit)
    return answered([kline(candle, interval, market.markets[pair]) for candle in candles.tolist()])


@routes.get("/futures/data/openInterestHist")
async def open_interest(request: web.Request) -> web.Response:
    market, query = request.app[EXCHANGE].futures, request.query
    start, end = parameters.integer(query, "startTime"), parameters.integer(query, "endTime")
    rows = await market.futures.fetch_series(
        _pair(request),
        parameters.text(query, "period"),
        "open_interest",
        since_ms=start or 0,
        limit=parameters.limit(query, 30, 500),
    )
    return answered(
        [
            {
                "symbol": query["symbol"],
                "sumOpenInterest": decimal(amount),
                "sumOpenInterestValue": decimal(worth),
                "timestamp": int(at),
            }
            for at, amount, worth in rows.tolist()
            if end is None or at <= end
        ]
    )


@routes.get("/fapi/v1/ticker/24hr")
async def ticker_24hr(request: web.Request) -> web.Response:
    market = request.app[EXCHANGE].futures
    now = market.now_ms()
    tickers = await market.fetch_tickers([_pair(request)] if "symbol" in request.query else None)
    answers = [
        {
            "symbol": symbol_of(market.markets[pair]),
            "lastPrice": decimal(ticker.last),
            "volume": decimal(ticker.base_volume),
            "quoteVolume": decimal(ticker.quote_volume),
            "openTime": now - 86_400_000,
            "closeTime": now,
        }
        for pair, ticker in tickers.items()
    ]
    return answered(answers[0] if "symbol" in request.query else answers)


@routes.get("/fapi/v1/ticker/bookTicker")
async def ticker_book(request: web.Request) -> web.Response:
    market = request.app[EXCHANGE].futures
    pairs = [_pair(request)] if "symbol" in request.query else list(market.markets)
    answers = [
        {
            "symbol": symbol_of(market.markets[pair]),
            "bidPrice": decimal(best.bid),
            "bidQty": "1",
            "askPrice": decimal(best.ask),
            "askQty": "1",
            "time": market.now_ms(),
        }
        for pair, best in (await market.fetch_bids_asks(pairs)).items()
    ]
    return answered(answers[0] if "symbol" in request.query else answers)


@routes.get("/fapi/v1/aggTrades")
async def aggregate_trades(request: web.Request) -> web.Response:
    return answered(await trades(request, request.app[EXCHANGE].futures, _pair(request)))


@routes.get("/fapi/v1/depth")
async def depth(request: web.Request) -> web.Response:
    limit = parameters.limit(request.query, 500, 1000)
    book = await request.app[EXCHANGE].futures.fetch_order_book(_pair(request), limit)
    sides = {
        side: [[decimal(price), decimal(amount)] for price, amount in offers]
        for side, offers in (("bids", book.bids), ("asks", book.asks))
    }
    return answered({"lastUpdateId": book.timestamp, "E": book.timestamp, "T": book.timestamp, **sides})


@routes.get("/fapi/v1/fundingRate")
async def funding_rates(request: web.Request) -> web.Response:
    pair, since = _pair(request), parameters.integer(request.query, "startTime") or 0
    rates = await request.app[EXCHANGE].futures.futures.fetch_funding_rates(pair, since)
    symbol = request.query["symbol"]
    # Binance tells some ms more than the hour.
    return answered(
        [
            {"symbol": symbol, "fundingTime": each.timestamp + 3, "fundingRate": decimal(each.rate)}
            for each in rates[: parameters.limit(request.query, 100, 1000)]
        ]
    )


@routes.get("/fapi/v1/premiumIndex")
async def premium_index(request: web.Request) -> web.Response:
    told = await request.app[EXCHANGE].futures.futures.fetch_funding_rate(_pair(request))
    return answered(
        {
            "symbol": request.query["symbol"],
            "markPrice": decimal(told["markPrice"]),
            "indexPrice": decimal(told["markPrice"]),
            "lastFundingRate": decimal(told["fundingRate"]),
            "interestRate": "0.00010000",
            "nextFundingTime": told["fundingTimestamp"],
            "time": told["timestamp"],
        }
    )


def _pair(request: web.Request, parameter: str = "symbol") -> str:
    pairs = {symbol_of(each): pair for pair, each in request.app[EXCHANGE].futures.markets.items()}
    return parameters.symbol({"symbol": request.query.get(parameter, "")}, pairs)
