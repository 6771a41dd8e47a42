"""Make the report of a backtest: one HTML file."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from appliance.domain.timeframe import to_ms
from appliance.domain.trade import Trade
from appliance.reports.number_format import money_places
from appliance.research.backtest.outcome import Outcome
from appliance.research.backtest.series import Rows
from appliance.research.report.curves import curves_of
from appliance.research.report.equity import Account, candle_grid
from appliance.research.report.figures import key_figures
from appliance.research.report.groups import Group, group, groups
from appliance.research.report.html_file import packed_json, rendered
from appliance.research.report.tables import bars_of, calendar_of, signal_counts
from appliance.research.report.terms import Terms
from appliance.research.report.trade_table import Texts, trade_columns
from appliance.research.report.windows import PackedCandles, Window, candles_allowed, pack_windows

SCRIPTS = (
    "number_format.js", "data.js", "charts.js", "tables.js", "curve.js", "trade_list.js", "trade_picture.js",
    "trade_chart.js", "backtest_main.js", "begin.js",
)  # fmt: skip

MOST_GROUPS = 200
"""Rows of a table of groups: some strategies give each trade a tag of its own."""


class Candles(Protocol):
    """The candles of one pair, as `PairSeries` has them."""

    @property
    def pair(self) -> str: ...

    @property
    def rows(self) -> Rows: ...


def report_page(
    outcome: Outcome, series: Iterable[Candles], terms: Terms, warnings: Sequence[str] = ()
) -> bytes:
    """Return the report of one backtest as an HTML file.

    `series` is gone through once, one pair at a time, so that a generator keeps memory low. Trades of a pair
    that is not in it are listed without candles, with a warning. `warnings` are texts, shown above all
    figures.
    """
    seen = _walked(outcome, series, terms.timeframe)
    texts = Texts()
    columns = trade_columns(outcome.trades, seen.windows, texts)
    pairs = {one.pair: place for place, one in enumerate(seen.packed)}
    data = {
        "currency": terms.stake_currency,
        "moneyPlaces": money_places(terms.stake_currency),
        "curves": curves_of(seen.account, terms.stake_currency),
        "trades": columns,
        "texts": texts.all(),
        "candles": [{"pair": one.pair, "places": one.places, "count": one.count} for one in seen.packed],
    }
    blocks = {f"candles-{pairs[one.pair]}": one.content for one in seen.packed}
    context = _context(outcome, seen, terms, [*warnings, *seen.warnings])
    return rendered("backtest.html", context, SCRIPTS, {"data": packed_json(data), **blocks})


@dataclass
class _Walked:
    """Hold what one walk along all pairs leaves: the account, and the candles around trades."""

    account: Account
    windows: dict[int, Window] = field(default_factory=dict)
    packed: list[PackedCandles] = field(default_factory=list)
    pairs: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def _walked(outcome: Outcome, series: Iterable[Candles], timeframe: str) -> _Walked:
    grid = candle_grid(timeframe, to_ms(outcome.first), to_ms(outcome.last))
    seen = _Walked(Account(grid, outcome.starting_balance))
    places: dict[str, list[int]] = defaultdict(list)
    for place, trade in enumerate(outcome.trades):
        places[trade.pair].append(place)
    most = candles_allowed(len(outcome.trades))
    for one in series:
        of_pair = places.pop(one.pair, [])
        trades = [outcome.trades[place] for place in of_pair]
        seen.pairs.append(one.pair)
        seen.account.add_pair(one.rows, trades)
        if trades and len(one.rows):
            content, windows = pack_windows(one.pair, one.rows, trades, most)
            seen.packed.append(content)
            seen.windows.update(zip(of_pair, windows, strict=True))
    for pair, left in places.items():
        seen.account.add_unvalued([outcome.trades[place] for place in left])
        seen.warnings.append(
            f"{pair}: no candles, so that its trades have no chart and count from their close on"
        )
    return seen


def _context(outcome: Outcome, seen: _Walked, terms: Terms, warnings: Sequence[str]) -> dict[str, Any]:
    trades = outcome.trades
    account = seen.account
    traded = {trade.pair for trade in trades}
    realism = (("Realism", str(outcome.realism)),) if outcome.realism.is_on else ()
    return {
        "outcome": outcome,
        "facts": (*terms.facts, *realism),
        "currency": terms.stake_currency,
        "days": (outcome.last - outcome.first).days,
        "warnings": warnings,
        "figures": key_figures(outcome, account, terms.stake_currency),
        "calendar": calendar_of(account, trades),
        "bars": bars_of(trades),
        "tables": _tables(trades),
        "total": group("All", trades) if trades else None,
        "untraded": [pair for pair in seen.pairs if pair not in traded],
        "counts": signal_counts(outcome),
    }


def _tables(trades: Sequence[Trade]) -> list[dict[str, Any]]:
    """Return what trades are grouped by: heading, name of the first column, filter of the list, groups."""
    return [
        _table("pairs", "Pairs", "Pair", "pair", groups(trades, lambda trade: trade.pair)),
        _table("tags", "Entry tags", "Tag", "tag", groups(trades, lambda trade: trade.enter_tag or "")),
        _table("reasons", "Exit reasons", "Reason", "reason", groups(trades, lambda t: t.exit_reason or "")),
    ]


def _table(id_: str, title: str, name: str, filter_: str, found: Sequence[Group]) -> dict[str, Any]:
    """Return a table of groups; of very many, those with the largest profits and the largest losses."""
    half = MOST_GROUPS // 2
    shown = found if len(found) <= MOST_GROUPS else [*found[:half], *found[-half:]]
    return {"id": id_, "title": title, "name": name, "filter": filter_, "groups": shown, "count": len(found)}
