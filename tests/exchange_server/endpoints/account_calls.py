"""Answer what clients ask about their account: functions from parameters to the answer's JSON."""

from tests.exchange_server.dialect import Refusal, decimal
from tests.exchange_server.endpoints import answers, parameters
from tests.exchange_server.endpoints.order_calls import SIGNING, Given
from tests.exchange_server.engine import counts
from tests.exchange_server.engine.exchange import Exchange

_TRADE_FILTERS = (
    {"symbol"},
    {"symbol", "orderId"},
    {"symbol", "startTime"},
    {"symbol", "endTime"},
    {"symbol", "fromId"},
    {"symbol", "startTime", "endTime"},
    {"symbol", "orderId", "fromId"},
)
"""Which of these parameters may stand together."""


def account(exchange: Exchange, given: Given) -> dict:
    parameters.known(given, "omitZeroBalances", *SIGNING)
    exchange.engine.advance()
    omit = parameters.boolean(given, "omitZeroBalances")
    ledger, told = exchange.ledger, exchange.told
    return answers.account(ledger, told, exchange.assets, exchange.settings, exchange.now(), omit)


def my_trades(exchange: Exchange, given: Given) -> list[dict]:
    """Answer the newest trades of a symbol, or those from an id or a time on."""
    parameters.known(given, "symbol", "orderId", "startTime", "endTime", "fromId", "limit", *SIGNING)
    parameters.symbol(given, exchange.pairs)
    if set(given) - {*SIGNING, "limit"} not in _TRADE_FILTERS:
        raise Refusal(-1128, "Combination of optional parameters invalid.")
    limit = parameters.limit(given, 500, 1000)
    order_id, first = parameters.integer(given, "orderId"), parameters.integer(given, "fromId")
    start, end = parameters.period(given)
    exchange.engine.advance()
    found = [
        fill
        for fill in exchange.ledger.fills
        if fill.symbol == given["symbol"]
        and order_id in (None, fill.order_id)
        and (first is None or fill.id >= first)
        and (start is None or fill.time >= start)
        and (end is None or fill.time <= end)
        and exchange.is_seen(fill.order_id)
        and exchange.told.is_told(fill)
        and fill.time <= exchange.now() - exchange.settings.trades_lag_ms
    ]
    from_the_start = first is not None or start is not None
    return [answers.trade(fill) for fill in (found[:limit] if from_the_start else found[-limit:])]


def order_limits(exchange: Exchange, given: Given) -> list[dict]:
    parameters.known(given, *SIGNING)
    return counts.limits(exchange)


def commission(exchange: Exchange, given: Given) -> dict:
    parameters.known(given, "symbol", *SIGNING)
    parameters.symbol(given, exchange.pairs)
    settings = exchange.settings
    rates = {"maker": decimal(settings.maker), "taker": decimal(settings.taker)}
    nothing = {kind: decimal(0) for kind in ("maker", "taker", "buyer", "seller")}
    return {
        "symbol": given["symbol"],
        "standardCommission": {**nothing, **rates},
        "specialCommission": nothing,
        "taxCommission": nothing,
        "discount": {
            "enabledForAccount": settings.commission == "BNB",
            "enabledForSymbol": True,
            "discountAsset": "BNB",
            "discount": "0.75000000",
        },
    }


def trade_fees(exchange: Exchange, given: Given) -> list[dict]:
    parameters.known(given, "symbol", *SIGNING)
    if "symbol" in given:
        parameters.symbol(given, exchange.pairs)
    settings = exchange.settings
    rates = {"makerCommission": str(settings.maker), "takerCommission": str(settings.taker)}
    symbols = [given["symbol"]] if "symbol" in given else list(exchange.pairs)
    return [{"symbol": symbol, **rates} for symbol in symbols]


def currencies(exchange: Exchange, given: Given) -> list[dict]:
    exchange.engine.advance()
    return [
        {
            "coin": asset,
            "name": asset,
            "depositAllEnable": True,
            "withdrawAllEnable": True,
            "trading": True,
            "isLegalMoney": False,
            "free": decimal(exchange.told.free(asset)),
            "locked": decimal(exchange.told.locked(asset)),
            "freeze": "0",
            "withdrawing": "0",
            "ipoing": "0",
            "ipoable": "0",
            "storage": "0",
            "networkList": [],
        }
        for asset in exchange.assets
    ]


def funding_assets(exchange: Exchange, given: Given) -> list[dict]:
    return []


def api_restrictions(exchange: Exchange, given: Given) -> dict:
    parameters.known(given, *SIGNING)
    return {
        "ipRestrict": False,
        "createTime": 1_700_000_000_000,
        "enableReading": True,
        "enableSpotAndMarginTrading": True,
        "enableWithdrawals": False,
        "enableMargin": False,
        "enableFutures": False,
        "permitsUniversalTransfer": False,
    }
