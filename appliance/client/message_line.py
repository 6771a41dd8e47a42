"""Format a message of the websocket as one line."""

from collections.abc import Mapping
from datetime import UTC, datetime

from appliance.client.decision_view import in_one_line
from appliance.client.number_format import amount, gain, percent
from appliance.client.table import BOLD, Cell, clean, painted

_SHOWN = 200
"""Maximum characters of a message of unknown form."""


def line(message: Mapping[str, object], now: datetime | None = None) -> str:
    """Return the time (UTC), the type and the content of a message."""
    kind = str(message.get("type", "?"))
    parts = [Cell(f"{now or datetime.now(UTC):%H:%M:%S}"), Cell(f"{kind:12}", BOLD), *_content(message)]
    return " ".join(painted(clean(part.text), part.colour) for part in parts if part.text)


def _content(message: Mapping[str, object]) -> list[Cell]:
    if "pair" in message and "trade_id" in message:
        return _of_trade(message)
    for key in ("status", "msg", "reason"):
        if isinstance(message.get(key), str):
            return [Cell(str(message.get("pair", ""))), Cell(str(message[key]))]
    if message.get("type") == "decision":
        return _of_decision(message)
    data = message.get("data", {key: value for key, value in message.items() if key != "type"})
    if isinstance(data, Mapping) and "key" in data:
        data = data["key"]
    text = ", ".join(map(str, data)) if isinstance(data, list) else str(data)
    return [Cell(text[:_SHOWN] + ("…" if len(text) > _SHOWN else ""))]


def _of_decision(message: Mapping[str, object]) -> list[Cell]:
    try:
        return in_one_line(message["data"])  # type: ignore[arg-type] # what is not as expected is caught
    except (LookupError, TypeError):
        return [Cell(str(message.get("data"))[:_SHOWN])]


def _of_trade(message: Mapping[str, object]) -> list[Cell]:
    is_exit = str(message["type"]).startswith("exit")
    rate = message.get("close_rate" if is_exit else "open_rate") or message.get("order_rate")
    parts = [
        Cell(f"{message['pair']} {str(message.get('direction') or '').lower()}".rstrip()),
        Cell(f"#{message['trade_id']}"),
        Cell(f"{amount(message.get('amount')).text} at {amount(rate).text}"),
    ]
    if is_exit and message.get("profit_ratio") is not None:
        parts += [percent(message["profit_ratio"]), gain(message.get("profit_amount"))]
    why = message.get("reason") or message.get("exit_reason" if is_exit else "enter_tag")
    return [*parts, Cell(f"({why})" if why else "")]
