"""Count orders that were placed and not filled: Binance limits those, not orders that trade."""

from tests.exchange_server.dialect import Refusal
from tests.exchange_server.engine.exchange import Exchange

_INTERVALS = (("SECOND", 10, 10_000), ("DAY", 1, 86_400_000))


def limits(exchange: Exchange) -> list[dict]:
    """Return limits and counts as `rateLimit/order` tells them."""
    told = zip(_INTERVALS, _limits(exchange), _counts(exchange), strict=True)
    return [
        {"rateLimitType": "ORDERS", "interval": name, "intervalNum": number, "limit": limit, "count": count}
        for (name, number, _), limit, count in told
    ]


def headers(exchange: Exchange) -> dict[str, str]:
    """Return what an answer to a new order says of the counts."""
    ten_seconds, day = _counts(exchange)
    return {"X-MBX-ORDER-COUNT-10S": str(ten_seconds), "X-MBX-ORDER-COUNT-1D": str(day)}


def check(exchange: Exchange) -> None:
    """Raise `Refusal` (-1015, status 429) when one more order would be too many."""
    now = exchange.now()
    for (name, number, length), limit, count in zip(
        _INTERVALS, _limits(exchange), _counts(exchange), strict=True
    ):
        if count >= limit:
            text = f"Too many new orders; current limit is {limit} orders per {number} {name}."
            wait = (length - now % length + 999) // 1000
            raise Refusal(-1015, text, 429, retry_after=wait)


def _limits(exchange: Exchange) -> tuple[int, int]:
    return exchange.settings.orders_in_10s, exchange.settings.orders_in_day


def _counts(exchange: Exchange) -> list[int]:
    now = exchange.now()
    starts = [now // length * length for _, _, length in _INTERVALS]
    counts = [0, 0]
    for order in reversed(exchange.ledger.orders.values()):
        if order.time < starts[1]:
            break
        if not order.executed:
            counts = [counts[0] + (order.time >= starts[0]), counts[1] + 1]
    return counts
