"""Answer for Binance what a backtest asks: its markets, with the steps and limits of the goldens."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from tests.exchange_server.app import ccxt_urls
from tests.support.goldens.candles import FUTURES, SPOT, Walk


@contextmanager
def binance() -> Iterator[dict[str, Any]]:
    """Serve on loopback; give what stands under `exchange.ccxt_config` to ask there."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Answering)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield {"urls": ccxt_urls(f"http://127.0.0.1:{server.server_port}"), "enableRateLimit": False}
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _step(decimals: int) -> str:
    return f"{10**-decimals:.{decimals}f}"


def _spot(pair: str, walk: Walk) -> dict[str, Any]:
    base, quote = pair.split("/")
    price, amount = _step(walk.decimals), _step(walk.volume_decimals)
    return {
        "symbol": base + quote,
        "status": "TRADING",
        "baseAsset": base,
        "baseAssetPrecision": 8,
        "quoteAsset": quote,
        "quotePrecision": 8,
        "quoteAssetPrecision": 8,
        "orderTypes": ["LIMIT", "LIMIT_MAKER", "MARKET", "STOP_LOSS_LIMIT", "TAKE_PROFIT_LIMIT"],
        "icebergAllowed": True,
        "ocoAllowed": True,
        "isSpotTradingAllowed": True,
        "isMarginTradingAllowed": False,
        "permissions": [],
        "permissionSets": [["SPOT"]],
        "filters": [
            {"filterType": "PRICE_FILTER", "minPrice": price, "maxPrice": "10000000.00", "tickSize": price},
            {"filterType": "LOT_SIZE", "minQty": amount, "maxQty": "92141578.00", "stepSize": amount},
            {"filterType": "MARKET_LOT_SIZE", "minQty": "0", "maxQty": "1000000.00", "stepSize": "0"},
            {"filterType": "NOTIONAL", "minNotional": "5.00000000", "maxNotional": "9000000.00000000"},
        ],
    }


def _future(pair: str, walk: Walk) -> dict[str, Any]:
    base = pair.partition("/")[0]
    price, amount = _step(walk.decimals), _step(walk.volume_decimals)
    return {
        "symbol": f"{base}USDT",
        "pair": f"{base}USDT",
        "contractType": "PERPETUAL",
        "deliveryDate": 4133404800000,
        "onboardDate": 1569398400000,
        "status": "TRADING",
        "baseAsset": base,
        "quoteAsset": "USDT",
        "marginAsset": "USDT",
        "pricePrecision": walk.decimals,
        "quantityPrecision": walk.volume_decimals,
        "baseAssetPrecision": 8,
        "quotePrecision": 8,
        "underlyingType": "COIN",
        "filters": [
            {"filterType": "PRICE_FILTER", "minPrice": price, "maxPrice": "4529764", "tickSize": price},
            {"filterType": "LOT_SIZE", "minQty": amount, "maxQty": "100000", "stepSize": amount},
            {"filterType": "MARKET_LOT_SIZE", "minQty": amount, "maxQty": "12000", "stepSize": amount},
            {"filterType": "MAX_NUM_ORDERS", "limit": 200},
            {"filterType": "MIN_NOTIONAL", "notional": "5"},
        ],
        "orderTypes": ["LIMIT", "MARKET", "STOP", "STOP_MARKET", "TAKE_PROFIT"],
        "timeInForce": ["GTC", "IOC", "FOK", "GTX"],
    }


_SYMBOLS = {
    "/api/v3/exchangeInfo": [_spot(pair, walk) for pair, walk in SPOT.items()],
    "/fapi/v1/exchangeInfo": [_future(pair, walk) for pair, walk in FUTURES.items()],
    "/dapi/v1/exchangeInfo": [],
}


class _Answering(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        symbols = _SYMBOLS.get(self.path.partition("?")[0])
        body: dict[str, Any] = {"code": -1, "msg": "unknown path"}
        if symbols is not None:
            body = {"timezone": "UTC", "serverTime": 1735689600000, "rateLimits": [], "symbols": symbols}
        content = json.dumps(body).encode()
        self.send_response(200 if symbols is not None else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """Log nothing."""
