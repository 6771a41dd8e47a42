"""Hold the trades of a backtest against those of freqtrade, field by field."""

import csv
import gzip
import io
from collections.abc import Iterable, Iterator
from itertools import zip_longest
from typing import Any

from appliance.domain.trade import Trade
from tests.support.goldens.cases import DATA

Row = dict[str, Any]

TEXTS = ("pair", "open_date", "close_date", "exit_reason", "enter_tag", "filled_date", "side", "tag")
COUNTS = ("is_short", "n_entries", "n_exits", "is_entry")
RELATIVE, ABSOLUTE = 1e-9, 1e-12
"""How near numbers must be. Sums of floats differ in their last digit by the order of their terms."""
_SHOWN = 5


def golden_rows(name: str) -> list[Row] | None:
    """Return the rows of a golden, all of them as texts; None where there is no such file."""
    file = DATA / "golden" / f"{name}.csv.gz"
    if not file.exists():
        return None
    return list(csv.DictReader(io.StringIO(gzip.decompress(file.read_bytes()).decode())))


def trade_rows(trades: Iterable[Trade]) -> list[Row]:
    """Return the trades as the goldens list them: in the order of opening."""
    rows = [_trade_row(trade) for trade in trades]
    return sorted(rows, key=lambda row: (row["open_date"], row["pair"], row["close_date"], row["is_short"]))


def order_rows(trades: Iterable[Trade]) -> list[Row]:
    """Return the filled orders of the trades as the goldens list them."""
    rows = [row for trade in trades for row in _order_rows(trade)]
    return sorted(rows, key=lambda row: (row["open_date"], row["pair"], row["filled_date"], row["is_entry"]))


def differences(wanted: list[Row], found: list[Row]) -> list[str]:
    """Return the first few differences, one a line; none where all is equal."""
    lines = [f"expected {len(wanted)} rows, found {len(found)}"] if len(wanted) != len(found) else []
    for want, have in zip_longest(wanted, found):
        if want is None or have is None:
            lines.append(f"only {'here' if want is None else 'in the golden'}: {want or have}")
        elif unequal := [name for name in want if not _is_equal(name, want[name], have[name])]:
            which = f"{want['pair']} {want['open_date']}"
            lines.append(f"{which}: " + ", ".join(f"{name} {want[name]} -> {have[name]}" for name in unequal))
        if len(lines) > _SHOWN:
            break
    return lines


def _is_equal(name: str, wanted: str, found: Any) -> bool:
    if name in TEXTS:
        return bool(wanted == found)
    if name in COUNTS:
        return int(wanted) == int(found)
    if wanted == "" or found is None:
        return wanted == "" and found is None
    number = float(wanted)
    return bool(abs(number - found) <= max(RELATIVE * max(abs(number), abs(found)), ABSOLUTE))


def _trade_row(trade: Trade) -> Row:
    entries = [order for order in trade.orders if order.ft_order_side == trade.entry_side]
    return {
        "pair": trade.pair,
        "is_short": trade.is_short,
        "open_date": _text(trade.open_date),
        "close_date": _text(trade.close_date),
        "open_rate": trade.open_rate,
        "close_rate": trade.close_rate,
        "amount": round(trade.amount, 8),
        "stake_amount": round(trade.stake_amount, 8),
        "leverage": trade.leverage,
        "profit_abs": trade.close_profit_abs,
        "profit_ratio": trade.close_profit,
        "exit_reason": trade.exit_reason,
        "enter_tag": trade.enter_tag or "",
        "max_stake_amount": round(trade.max_stake_amount or 0.0, 8),
        "initial_stop_loss_abs": trade.initial_stop_loss,
        "stop_loss_abs": trade.stop_loss,
        "min_rate": trade.min_rate,
        "max_rate": trade.max_rate,
        "funding_fees": trade.funding_fees or 0.0,
        "n_entries": sum(not order.ft_is_open for order in entries),
        "n_exits": sum(not order.ft_is_open for order in trade.orders)
        - sum(not order.ft_is_open for order in entries),
    }


def _order_rows(trade: Trade) -> Iterator[Row]:
    for order in trade.orders:
        if not order.ft_is_open:
            yield {
                "pair": trade.pair,
                "open_date": _text(trade.open_date),
                "is_entry": order.ft_order_side == trade.entry_side,
                "side": order.ft_order_side,
                "filled_date": _text(order.order_filled_date),
                "price": order.safe_price,
                "amount": order.amount,
                "tag": order.ft_order_tag or "",
            }


def _text(moment: Any) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}"
