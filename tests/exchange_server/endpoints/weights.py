"""Weigh requests, and slow down or ban who asks too much, as Binance does by address."""

from collections import Counter

from aiohttp import web

from tests.exchange_server.dialect import Refusal

_MINUTE_MS = 60_000
_PATIENCE = 20
"""So many requests after a first refusal in the same minute lead to a ban."""
_BAN_MS = 120_000
_WEIGHTS = {
    "GET /api/v3/exchangeInfo": 20,
    "GET /api/v3/klines": 2,
    "GET /api/v3/uiKlines": 2,
    "GET /api/v3/avgPrice": 2,
    "GET /api/v3/trades": 25,
    "GET /api/v3/aggTrades": 4,
    "GET /api/v3/order": 4,
    "GET /api/v3/allOrders": 20,
    "GET /api/v3/account": 20,
    "GET /api/v3/account/commission": 20,
    "GET /api/v3/rateLimit/order": 40,
}
_DEPTH_WEIGHTS = ((100, 5), (500, 25), (1000, 50), (5000, 250))


def weight(method: str, path: str, query: dict[str, str]) -> int:
    """Return what one request weighs."""
    single = "symbol" in query
    match path.removeprefix("/api/v3/"):
        case "depth":
            deep = int(query["limit"]) if query.get("limit", "").isdigit() else 100
            return next((heavy for most, heavy in _DEPTH_WEIGHTS if deep <= most), 250)
        case "ticker/24hr":
            return 2 if single else 80
        case "ticker/price" | "ticker/bookTicker":
            return 2 if single else 4
        case "openOrders" if method == "GET":
            return 6 if single else 80
        case "myTrades":
            return 5 if "orderId" in query else 20
    return _WEIGHTS.get(f"{method} {path}", 1)


class Weights:
    """Count the weight of each address in the current minute."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.total = 0
        self._minute = 0
        self._used: Counter[str] = Counter()
        self._refused: Counter[str] = Counter()
        self._banned_until: dict[str, int] = {}

    def used(self, address: str) -> int:
        return self._used[address]

    def add(self, address: str, weight: int, now_ms: int) -> None:
        """Count a request. Raises `Refusal` (-1003; status 429, or 418 for who does not stop)."""
        banned = self._banned_until.get(address, 0)
        if now_ms < banned:
            text = (
                f"Way too much request weight used; IP banned until {banned}. "
                "Please use WebSocket Streams for live updates to avoid bans."
            )
            raise Refusal(-1003, text, 418, retry_after=_seconds(banned - now_ms))
        if now_ms // _MINUTE_MS != self._minute:
            self._minute = now_ms // _MINUTE_MS
            self._used.clear()
            self._refused.clear()
        self._used[address] += weight
        self.total += weight
        if self._used[address] <= self.limit:
            return
        self._refused[address] += 1
        if self._refused[address] > _PATIENCE:
            self._banned_until[address] = now_ms + _BAN_MS
        text = (
            f"Too much request weight used; current limit is {self.limit} request weight per 1 MINUTE. "
            "Please use WebSocket Streams for live updates to avoid polling the API."
        )
        raise Refusal(-1003, text, 429, retry_after=_seconds(_MINUTE_MS - now_ms % _MINUTE_MS))


WEIGHTS: web.AppKey[Weights] = web.AppKey("weights", Weights)


def _seconds(milliseconds: int) -> int:
    return -(-milliseconds // 1000)
