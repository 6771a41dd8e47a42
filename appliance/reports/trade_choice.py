"""Choose closed trades by pair, tag, reason and outcome, and put them in order."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Literal, get_args

from msgspec import Struct

from appliance.domain.closed_trades.summary import ClosedTrade

if TYPE_CHECKING:
    from appliance.domain.closed_trades.columns import Bools, Columns, Floats, Ints, TextName

Order = Literal["closed", "opened", "profit", "ratio", "duration"]
Outcome = Literal["", "won", "lost"]
ORDERS: tuple[Order, ...] = get_args(Order)
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)

CSV_COLUMNS = (
    *("id", "pair", "side", "open_date", "close_date", "profit_abs", "profit_ratio", "stake_amount"),
    *("leverage", "enter_tag", "exit_reason", "strategy"),
)


class TradeChoice(Struct, frozen=True, kw_only=True):
    """State which closed trades are wanted, and in what order; an empty text leaves a column open.

    `won` is a profit above 0, `lost` any other. The first of an order is the latest, the largest or the
    longest; `ascending` turns it round.
    """

    pair: str = ""
    tag: str = ""
    reason: str = ""
    outcome: Outcome = ""
    order: Order = "closed"
    ascending: bool = False


def chosen_places(trades: "Columns", choice: TradeChoice) -> "Ints":
    """Return the places of the trades that fit, in their order; trades that are equal stay newest first."""
    import numpy as np  # late: the server starts without it

    fits = np.ones(trades.size, dtype=bool)
    named: tuple[tuple[TextName, str], ...] = (
        ("pair", choice.pair),
        ("enter_tag", choice.tag),
        ("exit_reason", choice.reason),
    )
    for column, text in named:
        if text:
            fits &= _is(trades, column, text)
    if choice.outcome:
        fits &= (trades.numbers("close_profit_abs") > 0) == (choice.outcome == "won")
    places = np.flatnonzero(fits)[::-1]
    values = _values(trades, choice.order)[places]
    sorted_places: Ints = places[np.argsort(values if choice.ascending else -values, kind="stable")]
    return sorted_places


def _is(trades: "Columns", column: "TextName", text: str) -> "Bools":
    codes = trades.integers(column)
    found: Bools = codes == (trades.texts.index(text) if text in trades.texts else codes.min(initial=0) - 1)
    return found


def _values(trades: "Columns", order: Order) -> "Ints | Floats":
    if order == "duration":
        return trades.durations()
    if order in ("closed", "opened"):
        return trades.integers("close_date" if order == "closed" else "open_date")
    return trades.numbers("close_profit_abs" if order == "profit" else "close_profit")


def names_in(trades: "Columns", column: "TextName") -> list[str]:
    """Return the texts that a column has, sorted: what can be chosen."""
    import numpy as np  # late: the server starts without it

    found = (trades.text(int(code)) for code in np.unique(trades.integers(column)))
    return sorted(name for name in found if name)


def as_csv(trades: Iterable[ClosedTrade]) -> str:
    """Return trades as CSV: dates UTC (ISO 8601), money in stake currency, ratios 0.01 for one percent.

    Texts that a spreadsheet would take for a formula begin with an apostrophe.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(CSV_COLUMNS)
    writer.writerows(_csv_row(trade) for trade in trades)
    return text.getvalue()


def _csv_row(trade: ClosedTrade) -> Sequence[object]:
    return (
        trade.id,
        _harmless(trade.pair),
        "short" if trade.is_short else "long",
        trade.open_date.isoformat(),
        trade.close_date.isoformat(),
        trade.close_profit_abs,
        trade.close_profit,
        trade.stake_amount,
        trade.leverage,
        _harmless(trade.enter_tag or ""),
        _harmless(trade.exit_reason or ""),
        _harmless(trade.strategy or ""),
    )


def _harmless(text: str) -> str:
    """Keep spreadsheets from running a text as a formula (OWASP, CSV injection)."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
