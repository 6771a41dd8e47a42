"""Show what the bot decided: a line for each pair, or the candles of one pair with their steps."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from appliance.client.table import BOLD, DIM, Block, Cell, Facts, Text

_TONES = {"order": BOLD}


def decisions(body: Any) -> list[Block]:
    """Return the blocks: of several pairs the newest step each, of one pair its history, oldest first."""
    everywhere = [_row(step, "%Y-%m-%d %H:%M") for step in reversed(body["everywhere"][:5])]
    pairs = body["pairs"]
    if len(pairs) == 1:
        return [*_history(pairs[0]), Facts(everywhere, "All pairs")]
    rows = [(pair["pair"], Cell(_newest(pair), "" if pair["is_listed"] else DIM)) for pair in pairs]
    return [Facts(rows), Facts(everywhere, "All pairs")]


def in_one_line(data: Mapping[str, Any]) -> list[Cell]:
    """Return the content of a message `decision`."""
    step = data["step"]
    return [Cell(str(data["pair"])), Cell(str(step["text"]), _TONES.get(step["subject"], ""))]


def _newest(pair: Mapping[str, Any]) -> str:
    if pair["left_out"] or not pair["candles"]:
        return str(pair["text"])
    steps = pair["candles"][0]["steps"]
    at = max((step["at_ts"] for step in steps), default=pair["candles"][0]["candle_ts"])
    return f"{_date(at):%H:%M} {pair['text']}"


def _history(pair: Mapping[str, Any]) -> list[Block]:
    blocks: list[Block] = [_candle(candle) for candle in reversed(pair["candles"])]
    if pair["left_out"]:
        blocks.append(Text([Cell(f"{pair['pair']} is {pair['left_out']}")]))
    return blocks or [Text([Cell(f"{pair['pair']}: {pair['text']}")])]


def _candle(candle: Mapping[str, Any]) -> Facts:
    rows = [_row(step, "%H:%M") for step in candle["steps"]]
    numbers = [f"{name} {_short(value)}" for name, value in candle["indicators"].items()]
    if numbers:
        rows.append(("", Cell(", ".join(numbers), DIM)))
    return Facts(rows, f"Candle {_date(candle['candle_ts']):%Y-%m-%d %H:%M}")


def _short(value: float | None) -> str:
    return "-" if value is None else f"{value:.6g}"


def _row(step: Mapping[str, Any], form: str) -> tuple[str, Cell]:
    text, last = str(step["text"]), _date(step["last_ts"])
    if step["times"] > 1 and last.strftime("%H:%M") != _date(step["at_ts"]).strftime("%H:%M"):
        text += f" (until {last:%H:%M})"
    return f"{_date(step['at_ts']):{form}}", Cell(text, _TONES.get(step["subject"], ""))


def _date(at_ms: float) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, UTC)
