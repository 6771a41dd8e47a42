"""Compose the standard text of a message, for services without a template for it."""

from collections.abc import Iterator
from datetime import datetime
from html import escape
from typing import Any

import msgspec

from appliance.domain.message import Message, MessageType
from appliance.notify.amounts import coin, percent, rate
from appliance.notify.bot_facts import Facts

Row = tuple[str, str]

_FIXED = {
    MessageType.STATUS: "ℹ️ Status",
    MessageType.WARNING: "⚠️ Warning",
    MessageType.EXCEPTION: "❗ Error",
    MessageType.STARTUP: "▶️ Started",
}


class Text(msgspec.Struct, frozen=True):
    """Hold a headline, rows of label and value, and free words below them."""

    headline: str
    rows: tuple[Row, ...] = ()
    words: str = ""


def text_of(message: Message, facts: Facts, *, with_candle: bool = False) -> Text | None:
    """Return the text of a message; None for those that are for programs."""
    kind, fields = message.type, message.fields
    if kind in _FIXED:
        return Text(_FIXED[kind], words=str(fields.get("status", "")))
    if kind is MessageType.STRATEGY_MSG:
        return Text("", words=str(fields.get("msg", "")))
    if kind in (MessageType.ENTRY, MessageType.ENTRY_FILL):
        return Text(_entry_headline(kind, fields, facts), tuple(_entry(kind, fields, facts, with_candle)))
    if kind in (MessageType.EXIT, MessageType.EXIT_FILL):
        return Text(_exit_headline(kind, fields, facts), tuple(_exit(kind, fields, facts, with_candle)))
    if kind in (MessageType.ENTRY_CANCEL, MessageType.EXIT_CANCEL):
        return _cancelled(kind, fields, facts)
    if kind in (MessageType.PROTECTION_TRIGGER, MessageType.PROTECTION_TRIGGER_GLOBAL):
        return _protection(kind, fields)
    if kind is MessageType.LIQUIDATION_WARNING:
        return _liquidation(fields, facts)
    return None


def plain(text: Text) -> str:
    """Return a text without markup."""
    rows = "\n".join(f"{label}: {value}" for label, value in text.rows)
    return "\n".join(part for part in (text.headline, rows, text.words) if part)


def as_html(text: Text) -> str:
    """Return a text as HTML, in the few tags that Telegram supports."""
    headline = f"<b>{escape(text.headline, quote=False)}</b>" if text.headline else ""
    rows = "\n".join(html_row(label, value) for label, value in text.rows)
    return "\n".join(part for part in (headline, rows, escape(text.words, quote=False)) if part)


def html_row(label: str, value: object) -> str:
    """Return a label and its value as HTML for Telegram."""
    return f"<b>{escape(label, quote=False)}:</b> <code>{escape(str(value), quote=False)}</code>"


def _where(fields: dict[str, Any], facts: Facts) -> str:
    return f"{fields.get('exchange', '')}{' (dry-run)' if facts.dry_run else ''}"


def _entry_headline(kind: MessageType, fields: dict[str, Any], facts: Facts) -> str:
    filled = kind is MessageType.ENTRY_FILL
    what = "Increased" if filled else "Increasing"
    if not fields.get("sub_trade"):
        what = "Entered" if filled else "Entering"
    return (
        f"{'✅' if filled else '🔵'} {what} {fields['pair']} (#{fields['trade_id']}), {_where(fields, facts)}"
    )


def _entry(kind: MessageType, fields: dict[str, Any], facts: Facts, with_candle: bool) -> Iterator[Row]:
    quote = fields["quote_currency"]
    yield from _candle(fields, facts, with_candle)
    if fields.get("enter_tag"):
        yield "Tag", fields["enter_tag"]
    yield "Direction", _direction(fields)
    yield "Amount", rate(fields["amount"])
    yield "Open rate", rate(fields["open_rate"], quote)
    if kind is MessageType.ENTRY and fields.get("current_rate"):
        yield "Current rate", rate(fields["current_rate"], quote)
    yield "Stake", _money(fields["stake_amount"], fields, facts)


def _exit_headline(kind: MessageType, fields: dict[str, Any], facts: Facts) -> str:
    filled = kind is MessageType.EXIT_FILL
    what = "Exited" if filled else "Exiting"
    if fields.get("sub_trade"):
        what += " part of"
    head = f"{_emoji(fields)} {what} {fields['pair']} (#{fields['trade_id']})"
    return f"{head}, {_where(fields, facts)}"


def _exit(kind: MessageType, fields: dict[str, Any], facts: Facts, with_candle: bool) -> Iterator[Row]:
    filled, quote = kind is MessageType.EXIT_FILL, fields["quote_currency"]
    made = f"{percent(fields['profit_ratio'])} ({_money(fields['profit_amount'], fields, facts)})"
    yield from _candle(fields, facts, with_candle)
    yield ("Profit" if filled else "Profit so far"), made
    in_parts = fields["profit_amount"] != fields.get("cumulative_profit")
    if fields.get("is_final_exit") and in_parts:
        total = _money(fields["cumulative_profit"], fields, facts)
        yield "Profit of the trade", f"{percent(fields.get('final_profit_ratio'))} ({total})"
    elif fields.get("sub_trade") and fields.get("cumulative_profit"):
        yield "Profit of all exits", _money(fields["cumulative_profit"], fields, facts)
    if fields.get("enter_tag"):
        yield "Tag", fields["enter_tag"]
    yield "Reason", str(fields.get("exit_reason") or "-")
    yield "Direction", _direction(fields)
    yield "Amount", rate(fields["amount"])
    yield "Open rate", rate(fields["open_rate"], quote)
    if not filled and fields.get("current_rate"):
        yield "Current rate", rate(fields["current_rate"], quote)
    yield "Exit rate", rate(fields["close_rate" if filled else "order_rate"], quote)
    if fields.get("sub_trade"):
        yield "Remaining stake", _money(fields["stake_amount"], fields, facts)
    else:
        yield "Duration", _held(fields["open_date"], fields["close_date"])


def _cancelled(kind: MessageType, fields: dict[str, Any], facts: Facts) -> Text:
    side = "entry" if kind is MessageType.ENTRY_CANCEL else "exit"
    what = f"Partial {side}" if fields.get("sub_trade") else side.capitalize()
    head = f"✖️ {what} cancelled, {fields['pair']} (#{fields['trade_id']}), {_where(fields, facts)}"
    return Text(head, (("Reason", str(fields.get("reason") or "-")),))


def _protection(kind: MessageType, fields: dict[str, Any]) -> Text:
    whom = "All pairs" if kind is MessageType.PROTECTION_TRIGGER_GLOBAL else str(fields.get("pair"))
    rows = (("Until", f"{fields.get('lock_end_time')} UTC"), ("Reason", str(fields.get("reason") or "-")))
    return Text(f"🔒 {whom} locked", rows)


def _liquidation(fields: dict[str, Any], facts: Facts) -> Text:
    quote = str(fields.get("quote_currency", ""))
    rows = [
        ("Direction", _direction(fields)),
        ("Current rate", rate(fields.get("current_rate"), quote)),
        ("Liquidation stop", rate(fields.get("liquidation_price"), quote)),
    ]
    if fields.get("remaining_ratio") is not None:
        rows.append(("Remaining distance", percent(fields["remaining_ratio"])))
    head = f"⚠️ {fields.get('pair')} (#{fields.get('trade_id')}) is close to liquidation"
    return Text(f"{head}, {_where(fields, facts)}", tuple(rows))


def _candle(fields: dict[str, Any], facts: Facts, wanted: bool) -> Iterator[Row]:
    candle = facts.candle(fields["pair"]) if wanted else None
    if candle:
        yield "Candle (open, high, low, close)", ", ".join(map(rate, candle))


def _direction(fields: dict[str, Any]) -> str:
    leverage = fields.get("leverage") or 1.0
    return f"{fields.get('direction')}{f' ({leverage:.3g}x)' if leverage != 1.0 else ''}"


def _money(amount: float, fields: dict[str, Any], facts: Facts) -> str:
    text = coin(amount, fields["stake_currency"])
    fiat = fields.get("fiat_currency")
    return f"{text}, {amount * facts.fiat_rate:.2f} {fiat}" if fiat and facts.fiat_rate else text


def _emoji(fields: dict[str, Any]) -> str:
    if fields["profit_ratio"] >= 0.05:
        return "🚀"
    if fields["profit_ratio"] >= 0:
        return "✳️"
    return "⚠️" if fields.get("exit_reason") == "stop_loss" else "❌"


def _held(opened: datetime, closed: datetime) -> str:
    return str(closed.replace(microsecond=0) - opened.replace(microsecond=0))
