"""Count how trades ended, how long they were held, and how many won or lost in a row."""

from datetime import timedelta
from itertools import groupby
from typing import Any

from appliance.research.results.statistics.columns import Ints, TradeColumns, total

_NEVER = timedelta()


def holding(trades: TradeColumns) -> dict[str, Any]:
    """Return counts by outcome, durations and streaks, by freqtrade's names; `_s` is in seconds."""
    if not len(trades):
        counts = dict.fromkeys(("wins", "losses", "draws", "winrate"), 0)
        held = dict.fromkeys(("holding_avg", "winner_holding_avg", "loser_holding_avg"), str(_NEVER))
        return counts | held | {"max_consecutive_wins": 0, "max_consecutive_losses": 0}
    ratios = trades.ratio
    won, lost = ratios > 0, ratios < 0
    average = _mean(trades.minutes)
    wins, losses = longest_streaks(won.tolist())
    return {
        "wins": int(won.sum()),
        "losses": int(lost.sum()),
        "draws": int((ratios == 0).sum()),
        "winrate": int(won.sum()) / len(trades),
        "holding_avg": str(average),
        "holding_avg_s": average.total_seconds(),
        **_held("winner", trades.minutes[won]),
        **_held("loser", trades.minutes[lost]),
        "max_consecutive_wins": wins,
        "max_consecutive_losses": losses,
    }


def longest_streaks(won: list[bool]) -> tuple[int, int]:
    """Return the most wins in a row, and the most trades that did not win; a draw does not win."""
    longest = {True: 0, False: 0}
    for outcome, streak in groupby(won):
        longest[outcome] = max(longest[outcome], sum(1 for _ in streak))
    return longest[True], longest[False]


def _held(who: str, minutes: Ints) -> dict[str, Any]:
    measured = {"min": _NEVER, "max": _NEVER, "avg": _NEVER}
    if len(minutes):
        measured["min"] = timedelta(minutes=int(minutes.min()))
        measured["max"] = timedelta(minutes=int(minutes.max()))
        measured["avg"] = _mean(minutes)
    shown: dict[str, Any] = {}
    for name, length in measured.items():
        shown[f"{who}_holding_{name}"] = days_and_hours(length)
        shown[f"{who}_holding_{name}_s"] = length.total_seconds()
    return shown


def _mean(minutes: Ints) -> timedelta:
    return timedelta(minutes=round(total(minutes) / len(minutes)))


def days_and_hours(length: timedelta) -> str:
    """Return a length such as "1d 02:05"."""
    hours, seconds = divmod(length.seconds, 3600)
    return f"{length.days}d {hours:02d}:{seconds // 60:02d}"
