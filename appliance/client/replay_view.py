"""Show how a bot's trades differ from its backtest: the counts, the causes, each trade with its reasons."""

from collections.abc import Mapping
from typing import Any

from appliance.client.number_format import gain
from appliance.client.table import DIM, Block, Cell, Facts, Table, Text


def replay(body: Any) -> list[Block]:
    """Return the blocks; while there is no comparison, how far it is."""
    found = body.get("comparison")
    if not found:
        step = f": {body['step']}, {body['progress']:.0%}" if body["running"] and body["step"] else ""
        return [Text([Cell(f"{body['status_msg']}{step}")])]
    causes = [
        [Cell(one["cause"]), Cell(str(one["trades"])), gain(one["profit_difference"]), Cell(one["meaning"])]
        for one in found["causes"]
    ]
    headings = ("First cause", "Trades", found["stake_currency"], "Meaning")
    differing = [one for one in found["trades"] if one["reasons"]]
    return [
        Facts(_counts(found), f"{found['strategy']}, {found['first'][:16]} to {found['last'][:16]}"),
        Table(headings, causes, frozenset({1, 2}), "Causes"),
        Facts([_trade(one) for one in differing], "Trades that differ"),
        Text([Cell(note, DIM) for note in found["notes"]]),
    ]


def _counts(found: Mapping[str, Any]) -> list[tuple[str, Cell]]:
    totals = found["totals"]
    return [
        ("The bot", Cell(f"{totals['live']} trades, {totals['only_live']} of them alone")),
        ("The backtest", Cell(f"{totals['tested']} trades, {totals['only_tested']} of them alone")),
        ("On both sides", Cell(f"{totals['matched']}, {totals['same']} the same in every detail")),
        ("Without an explanation", Cell(str(totals["unexplained"]))),
    ]


def _trade(one: Mapping[str, Any]) -> tuple[str, Cell]:
    side = one["live"] or one["tested"]
    where = "" if one["live"] and one["tested"] else " (bot)" if one["live"] else " (backtest)"
    reasons = "; ".join(f"{reason['cause']}: {reason['text']}" for reason in one["reasons"])
    return f"{side['opened'][5:16].replace('T', ' ')} {one['pair']}{where}", Cell(reasons)
