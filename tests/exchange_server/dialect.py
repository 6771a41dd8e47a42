"""Say things as Binance says them: symbols, decimals as text, errors, the description of a market."""

import json
from collections.abc import Mapping

from aiohttp import web

from appliance.domain.market import Market

PRICE_UP, PRICE_DOWN = "5", "0.2"
"""How far from the last price an order's price may be, as multiples of it."""
MOST_ORDERS, MOST_ALGO_ORDERS = 200, 5
"""How many orders, and how many stop orders, may be open for one symbol."""


def answered(told: object, *, status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
    """Answer with JSON as Binance writes it: without spaces."""
    text = json.dumps(told, separators=(",", ":"))
    return web.Response(text=text, status=status, headers=headers, content_type="application/json")


class Refusal(Exception):
    """An error answer: HTTP status, Binance's code and text, and what else is to be said."""

    def __init__(
        self,
        code: int,
        text: str,
        status: int = 400,
        *,
        data: object = None,
        retry_after: int | None = None,
    ) -> None:
        self.code, self.text, self.status, self.data, self.retry_after = code, text, status, data, retry_after
        super().__init__(text)

    @property
    def body(self) -> dict:
        told = {"code": self.code, "msg": self.text}
        return told if self.data is None else {**told, "data": self.data}

    def response(self) -> web.Response:
        headers = {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}
        return answered(self.body, status=self.status, headers=headers)


def symbol_of(market: Market) -> str:
    return market.base + market.quote


def places(step: float) -> int:
    """Return how many decimal places a step has (a power of ten)."""
    return max(0, len(f"{step:.10f}".rstrip("0").partition(".")[2]))


def decimal(value: float, digits: int = 8) -> str:
    """Write a number as Binance does: text with a fixed number of decimal places."""
    return f"{value:.{digits}f}"


def description(market: Market, *, halted: bool = False) -> dict:
    """Describe a market as `exchangeInfo` does."""
    return {
        "symbol": symbol_of(market),
        "status": "BREAK" if halted else "TRADING",
        "baseAsset": market.base,
        "baseAssetPrecision": 8,
        "quoteAsset": market.quote,
        "quotePrecision": 8,
        "quoteAssetPrecision": 8,
        "baseCommissionPrecision": 8,
        "quoteCommissionPrecision": 8,
        "orderTypes": [
            "LIMIT",
            "LIMIT_MAKER",
            "MARKET",
            "STOP_LOSS",
            "STOP_LOSS_LIMIT",
            "TAKE_PROFIT",
            "TAKE_PROFIT_LIMIT",
        ],
        "icebergAllowed": False,
        "ocoAllowed": False,
        "otoAllowed": False,
        "quoteOrderQtyMarketAllowed": True,
        "allowTrailingStop": False,
        "cancelReplaceAllowed": True,
        "isSpotTradingAllowed": True,
        "isMarginTradingAllowed": False,
        "filters": _filters(market),
        "permissions": [],
        "permissionSets": [["SPOT"]],
        "defaultSelfTradePreventionMode": "EXPIRE_MAKER",
        "allowedSelfTradePreventionModes": ["EXPIRE_MAKER"],
    }


def _filters(market: Market) -> list[dict]:
    return [
        {
            "filterType": "PRICE_FILTER",
            "minPrice": decimal(market.price_min),
            "maxPrice": decimal(market.price_max),
            "tickSize": decimal(market.price_precision),
        },
        {
            "filterType": "LOT_SIZE",
            "minQty": decimal(market.amount_min),
            "maxQty": decimal(market.amount_max),
            "stepSize": decimal(market.amount_precision),
        },
        {
            "filterType": "MARKET_LOT_SIZE",
            "minQty": decimal(0),
            "maxQty": decimal(market.amount_max),
            "stepSize": decimal(0),
        },
        {
            "filterType": "PERCENT_PRICE_BY_SIDE",
            "bidMultiplierUp": PRICE_UP,
            "bidMultiplierDown": PRICE_DOWN,
            "askMultiplierUp": PRICE_UP,
            "askMultiplierDown": PRICE_DOWN,
            "avgPriceMins": 0,
        },
        {
            "filterType": "NOTIONAL",
            "minNotional": decimal(market.cost_min),
            "applyMinToMarket": True,
            "maxNotional": decimal(market.cost_max),
            "applyMaxToMarket": False,
            "avgPriceMins": 0,
        },
        {"filterType": "MAX_NUM_ORDERS", "maxNumOrders": MOST_ORDERS},
        {"filterType": "MAX_NUM_ALGO_ORDERS", "maxNumAlgoOrders": MOST_ALGO_ORDERS},
    ]
