"""Write what happens to an order as events of the user-data stream."""

from tests.exchange_server.dialect import decimal
from tests.exchange_server.engine.ledger import Fill, Ledger
from tests.exchange_server.engine.money import ZERO
from tests.exchange_server.engine.orders import Order


def execution_report(
    order: Order, what: str, fill: Fill | None, cancel_id: str, number: int, now_ms: int
) -> dict:
    """Return `executionReport`. On a cancel, `c` is the cancel's id and `C` the order's."""
    told = {
        "e": "executionReport",
        "E": now_ms,
        "s": order.symbol,
        "c": cancel_id or order.client_id,
        "S": order.side,
        "o": order.type,
        "f": order.time_in_force,
        "q": decimal(order.quantity),
        "p": decimal(order.price),
        "P": decimal(order.stop_price),
        "F": decimal(ZERO),
        "g": -1,
        "C": order.client_id if cancel_id else "",
        "x": what,
        "X": order.status,
        "r": "NONE",
        "i": order.id,
        "l": decimal(fill.quantity if fill else ZERO),
        "z": decimal(order.executed),
        "L": decimal(fill.price if fill else ZERO),
        "n": decimal(fill.commission) if fill else "0",
        "N": fill.commission_asset if fill else None,
        "T": order.update_time,
        "t": fill.id if fill else -1,
        "I": number,
        "w": order.is_working and order.is_open,
        "m": bool(fill and fill.maker),
        "M": False,
        "O": order.time,
        "Z": decimal(order.quote_executed),
        "Y": decimal(fill.cost if fill else ZERO),
        "Q": decimal(order.quote_quantity),
        "V": "NONE",
    }
    if order.is_working:
        told["W"] = order.working_time
    if order.expiry_reason:
        told["eR"] = order.expiry_reason
    return told


def account_position(ledger: Ledger, assets: set[str], now_ms: int) -> dict:
    """Return `outboundAccountPosition` of the currencies that may have changed."""
    return {
        "e": "outboundAccountPosition",
        "E": now_ms,
        "u": now_ms,
        "B": [
            {"a": asset, "f": decimal(ledger.free(asset)), "l": decimal(ledger.locked(asset))}
            for asset in sorted(assets)
        ],
    }
