"""Say things as Binance says them: symbols, decimals as text, errors, the description of a market."""

from aiohttp import web

from appliance.domain.market import Market


class Refusal(Exception):
    """An error answer: HTTP status, Binance's code and text."""

    def __init__(self, code: int, text: str, status: int = 400) -> None:
        self.code, self.text, self.status = code, text, status
        super().__init__(text)

    def response(self) -> web.Response:
        return web.json_response({"code": self.code, "msg": self.text}, status=self.status)


def symbol_of(market: Market) -> str:
    return market.base + market.quote


def places(step: float) -> int:
    """Return how many decimal places a step has (a power of ten)."""
    return max(0, len(f"{step:.10f}".rstrip("0").partition(".")[2]))


def decimal(value: float, digits: int = 8) -> str:
    """Write a number as Binance does: text with a fixed number of decimal places."""
    return f"{value:.{digits}f}"


def description(market: Market) -> dict:
    """Describe a market as `exchangeInfo` does."""
    return {
        "symbol": symbol_of(market),
        "status": "TRADING",
        "baseAsset": market.base,
        "baseAssetPrecision": 8,
        "quoteAsset": market.quote,
        "quotePrecision": 8,
        "quoteAssetPrecision": 8,
        "baseCommissionPrecision": 8,
        "quoteCommissionPrecision": 8,
        "orderTypes": ["LIMIT", "LIMIT_MAKER", "MARKET", "STOP_LOSS", "STOP_LOSS_LIMIT", "TAKE_PROFIT_LIMIT"],
        "icebergAllowed": True,
        "ocoAllowed": True,
        "quoteOrderQtyMarketAllowed": True,
        "allowTrailingStop": True,
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
            "bidMultiplierUp": "5",
            "bidMultiplierDown": "0.2",
            "askMultiplierUp": "5",
            "askMultiplierDown": "0.2",
            "avgPriceMins": 5,
        },
        {
            "filterType": "NOTIONAL",
            "minNotional": decimal(market.cost_min),
            "applyMinToMarket": True,
            "maxNotional": decimal(market.cost_max),
            "applyMaxToMarket": False,
            "avgPriceMins": 5,
        },
        {"filterType": "MAX_NUM_ORDERS", "maxNumOrders": 200},
        {"filterType": "MAX_NUM_ALGO_ORDERS", "maxNumAlgoOrders": 5},
    ]
