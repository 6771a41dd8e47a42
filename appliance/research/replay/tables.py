"""Show a comparison on the terminal: tables there, tab-separated lines or JSON in a pipe."""

import sys
from datetime import datetime

import msgspec

from appliance.research.replay.comparison import Comparison
from appliance.research.replay.terms import Compared, Side
from appliance.research.results.printing.output import Output, Table

_NONE = "–"
_MOST_LISTED = 200


def show_comparison(
    found: Comparison, *, colour: bool = True, as_json: bool = False, every: bool = False
) -> None:
    """Print what differs, and why; with `every`, trades that are the same, too. JSON in a pipe."""
    if as_json or not sys.stdout.isatty():
        sys.stdout.write(msgspec.json.encode(found).decode() + "\n")
        return
    output = Output(colour=colour)
    listed = [one for one in found.trades if every or not one.is_same]
    output.line(headline(found))
    output.line()
    if listed:
        output.table(_trades(found, listed[:_MOST_LISTED]))
    if len(listed) > _MOST_LISTED:
        output.line(f"{len(listed) - _MOST_LISTED} more: see the page, or use --json.")
    if found.causes:
        output.table(_causes(found))
    for note in found.notes:
        output.line(f"- {note}")


def headline(found: Comparison) -> str:
    """Say in two sentences what came out."""
    totals, stake = found.totals, found.stake_currency
    first, last = (f"{at:%Y-%m-%d %H:%M}" for at in (found.first, found.last))
    made, tested = (f"{profit:+.4g} {stake}" for profit in (totals.live_profit, totals.tested_profit))
    return (
        f"{found.strategy}, {found.timeframe}, {first} to {last} UTC: the bot made {totals.live} trades "
        f"({made}), the backtest {totals.tested} ({tested}).\n"
        f"{totals.matched} are on both sides, {totals.same} of them the same in every detail; "
        f"{totals.only_live} only the bot made, {totals.only_tested} only the backtest. "
        f"Without an explanation: {totals.unexplained}."
    )


def _trades(found: Comparison, listed: list[Compared]) -> Table:
    headings = ("Pair", "Opened", "Bot", "Backtest", f"Difference {found.stake_currency}", "Why")
    return Table(title="TRADES", headings=headings, rows=[_row(one) for one in listed], left=6)


def _row(one: Compared) -> tuple[str, ...]:
    reasons = "\n".join(f"{reason.cause}: {reason.text}" for reason in one.reasons) or "the same"
    return (
        one.pair if one.direction == "long" else f"{one.pair} short",
        f"{one.at:%m-%d %H:%M:%S}",
        _told(one.live),
        _told(one.tested),
        f"{one.profit_difference:+.4g}" if one.profit_difference else "0",
        reasons,
    )


def _told(side: Side | None) -> str:
    if side is None:
        return _NONE
    ended = (
        "open" if side.closed is None else f"{side.exit_reason} {side.close_rate:.6g} {_time(side.closed)}"
    )
    return f"{side.open_rate:.6g} {_time(side.opened)}\n{ended}"


def _time(moment: datetime) -> str:
    return f"{moment:%H:%M:%S}" if moment.second else f"{moment:%H:%M}"


def _causes(found: Comparison) -> Table:
    rows = [
        (total.cause, str(total.trades), f"{total.profit_difference:+.4g}", total.meaning)
        for total in found.causes
    ]
    headings = ("First cause", "Trades", f"Difference {found.stake_currency}", "Meaning")
    return Table(title="CAUSES", headings=headings, rows=rows, left=1)
