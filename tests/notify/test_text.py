"""What people read of each type of message."""

from datetime import UTC, datetime, timedelta

from appliance.domain.message import Message, MessageType
from appliance.notify.bot_facts import Facts
from appliance.notify.text import as_html, plain, text_of

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
FACTS = Facts(
    bot_name="bot",
    strategy="S",
    timeframe="5m",
    dry_run=True,
    fiat_rate=0.9,
    candle=lambda _: (1.0, 2.0, 0.5, 1.5),
)
EXIT = {
    "trade_id": 4,
    "exchange": "Binance",
    "pair": "ETH/USDT",
    "leverage": 1.0,
    "direction": "Long",
    "order_rate": 110.0,
    "current_rate": 110.0,
    "close_rate": 110.0,
    "open_rate": 100.0,
    "amount": 0.5,
    "stake_amount": 50.0,
    "stake_currency": "USDT",
    "quote_currency": "USDT",
    "fiat_currency": "EUR",
    "enter_tag": "a <tag> & more",
    "exit_reason": "roi",
    "gain": "profit",
    "profit_amount": 5.0,
    "profit_ratio": 0.1,
    "cumulative_profit": 5.0,
    "final_profit_ratio": 0.1,
    "is_final_exit": True,
    "sub_trade": False,
    "open_date": NOON - timedelta(hours=1, minutes=5),
    "close_date": NOON,
}


def told(kind: MessageType, **fields: object) -> str:
    text = text_of(Message(kind, fields), FACTS)
    assert text is not None
    return plain(text)


def test_an_exit_reports_profit_reason_and_duration():
    text = told(MessageType.EXIT_FILL, **EXIT)
    assert text.startswith("🚀 Exited ETH/USDT (#4), Binance (dry-run)\nProfit: 10.00% (5 USDT, 4.50 EUR)\n")
    for line in ("Reason: roi", "Exit rate: 110 USDT", "Duration: 1:05:00", "Tag: a <tag> & more"):
        assert f"\n{line}" in text
    assert "whole trade" not in text


def test_the_last_part_of_an_exit_reports_the_whole_trade():
    text = told(MessageType.EXIT_FILL, **EXIT | {"cumulative_profit": 12.0, "final_profit_ratio": 0.24})
    assert "Profit of the trade: 24.00% (12 USDT, 10.80 EUR)" in text


def test_a_partial_exit_reports_what_remains():
    part = EXIT | {"sub_trade": True, "is_final_exit": False, "cumulative_profit": 7.0}
    text = told(MessageType.EXIT, **part | {"final_profit_ratio": None})
    assert text.startswith("🚀 Exiting part of ETH/USDT")
    assert "Profit of all exits: 7 USDT" in text
    assert "Remaining stake: 50 USDT" in text


def test_a_loss_by_stop_is_marked():
    lost = {"profit_ratio": -0.1, "profit_amount": -5.0}
    assert told(MessageType.EXIT, **EXIT | lost | {"exit_reason": "stop_loss"}).startswith("⚠️")
    assert told(MessageType.EXIT, **EXIT | lost).startswith("❌")


def test_markup_in_names_and_words_is_escaped():
    text = text_of(Message(MessageType.EXIT_FILL, EXIT), FACTS)
    assert text is not None
    assert "<code>a &lt;tag&gt; &amp; more</code>" in as_html(text)
    warning = text_of(Message(MessageType.WARNING, {"status": "a < b & c"}), FACTS)
    assert warning is not None
    assert as_html(warning) == "<b>⚠️ Warning</b>\na &lt; b &amp; c"


def test_the_candle_is_shown_where_it_is_wanted():
    text = text_of(Message(MessageType.EXIT_FILL, EXIT), FACTS, with_candle=True)
    assert text is not None
    assert text.rows[0] == ("Candle (open, high, low, close)", "1, 2, 0.5, 1.5")


def test_protections_say_whom_they_lock_and_why():
    lock = {"pair": "ETH/USDT", "reason": "too many stops", "lock_end_time": "2026-11-25 13:00:00"}
    assert told(MessageType.PROTECTION_TRIGGER, **lock) == (
        "🔒 ETH/USDT locked\nUntil: 2026-11-25 13:00:00 UTC\nReason: too many stops"
    )
    assert told(MessageType.PROTECTION_TRIGGER_GLOBAL, **lock).startswith("🔒 All pairs locked")


def test_what_is_for_programs_is_not_reported_to_people():
    for kind in (MessageType.WHITELIST, MessageType.ANALYZED_DF, MessageType.NEW_CANDLE):
        assert text_of(Message(kind, {"data": []}), FACTS) is None
