"""The story of a trade: everything that happened to it, in the order of time."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec import structs

from appliance.domain.audit import FIRST, AuditLine, AuditRecord
from appliance.domain.decisions.kinds import Kind
from appliance.domain.decisions.record import Step
from appliance.domain.journal import journal_entry
from appliance.domain.trade import Trade
from appliance.queries.custom_data import CustomDataEntry
from appliance.server.dashboard.pages.trade_story import Sources, happenings, steps_about
from tests.server.dashboard.demo_bot import DemoBot


@pytest.fixture
def trade(bot: DemoBot) -> Trade:
    return bot.open("BTC/USDT", 100.0)


def told(trade: Trade, **sources: object) -> list[str]:
    return [event.text for event in happenings(trade, Sources(**sources))]


def moved(trade: Trade, minute: int, before: float, stop: float) -> Step:
    at = int((trade.open_date + timedelta(minutes=minute)).timestamp() * 1000)
    return Step(Kind.STOP_MOVED, at, at, 1, (trade.id, before, stop, "trailing"))


def test_a_trade_is_told_in_the_order_of_time(trade: Trade) -> None:
    [entry] = trade.orders
    entry.order_filled_date = entry.order_date + timedelta(seconds=3)
    entry.ft_order_tag = "dip"
    trade.close_date = entry.order_date + timedelta(hours=2)
    trade.close_profit_abs, trade.exit_reason = -2.5, "stop_loss"
    assert told(trade) == [
        "Order placed: buy of 1 BTC at 100.000 (dip)",
        "Order filled: buy of 1 BTC at 100.000 (dip)",
        "Closed by stop_loss: −2.50 USDT",
    ]


def test_an_order_that_ended_unfilled_says_why_once(trade: Trade) -> None:
    [entry] = trade.orders
    entry.client_order_id = "own-1"
    entry.filled, entry.status, entry.ft_cancel_reason = 0.0, "canceled", "timed out"
    line = journal_entry(entry, entry.order_date, "timed out")
    assert told(trade, journal=[line])[1:] == ["Order ended unfilled: timed out"]


def test_what_only_the_journal_knows_is_told(trade: Trade) -> None:
    [entry] = trade.orders
    entry.client_order_id = "own-1"
    line = journal_entry(entry, entry.order_date, "resolved manually")
    trade.orders = []
    assert told(trade, journal=[line]) == [
        "Journal: the limit buy of 1 at 100.000 is filled: resolved manually"
    ]


def test_lines_of_an_earlier_trade_with_the_same_id_are_none_of_its_story(trade: Trade) -> None:
    [entry] = trade.orders
    entry.client_order_id = "own-1"
    line = journal_entry(entry, entry.order_date, "not filled in time")
    trade.orders = []
    other_pair = structs.replace(line, pair="ETH/USDT")
    earlier = structs.replace(line, created_at=trade.open_date - timedelta(hours=1))
    assert told(trade, journal=[other_pair, earlier]) == []
    just_before = structs.replace(line, created_at=trade.open_date - timedelta(seconds=2))
    assert len(told(trade, journal=[just_before])) == 1


def test_commands_and_decisions_about_an_earlier_trade_with_the_same_id_are_left_out(trade: Trade) -> None:
    def line(at: datetime) -> AuditLine:
        return AuditLine(1, AuditRecord(at=at, who="me", origin="REST", what="POST /forceexit"), FIRST)

    before, after = trade.open_date - timedelta(hours=1), trade.open_date + timedelta(minutes=1)
    known = told(trade)
    assert told(trade, audit=[line(before)]) == known
    assert len(told(trade, audit=[line(before), line(after)])) == len(known) + 1
    assert steps_about(trade, [moved(trade, -60, 90.0, 91.0), moved(trade, 1, 90.0, 91.0)]) == [
        moved(trade, 1, 90.0, 91.0)
    ]


def test_a_stop_that_trails_is_told_once(trade: Trade) -> None:
    steps = [moved(trade, minute, 90.0 + minute, 91.0 + minute) for minute in range(1, 30)]
    [text] = [text for text in told(trade, steps=steps) if "Stop" in text]
    assert text.startswith("Stop moved 29 times, from 91.0000 to 120.000, until ")
    assert [text for text in told(trade, steps=steps[:2]) if "Stop" in text] == [
        f"Stop of trade {trade.id} moved from 91 to 92 (trailing)",
        f"Stop of trade {trade.id} moved from 92 to 93 (trailing)",
    ]


def test_decisions_about_other_trades_of_the_pair_are_not_its_own(trade: Trade) -> None:
    opened = int(trade.open_date.timestamp() * 1000)
    planned = Step(Kind.PLANNED, opened - 500, opened - 500, 1, ("long", "limit", 1.0, 100.0))
    before = Step(Kind.PLANNED, opened - 900_000, opened - 900_000, 1, ("long", "limit", 1.0, 100.0))
    other = Step(Kind.STOP_MOVED, opened + 1, opened + 1, 1, (trade.id + 1, 1.0, 2.0, None))
    own = moved(trade, 1, 90.0, 91.0)
    assert steps_about(trade, [before, planned, other, own]) == [planned, own]


def test_values_of_the_strategy_and_commands_with_their_outcome(trade: Trade) -> None:
    now = datetime.now(UTC)
    stored = CustomDataEntry(
        key="level", type="int", value=3, created_at=now - timedelta(seconds=5), updated_at=None
    )
    state = f"running, 1 open trade, 0 locks; trade {trade.id}: 1 BTC/USDT at 100, 0 open orders"
    lines = [
        AuditLine(
            7, AuditRecord(at=now, who="ann", origin="REST ::1", what="POST /forceexit", before=state), FIRST
        ),
        AuditLine(
            8,
            AuditRecord(at=now, who="ann", origin="x", what="outcome of 7", after=f"Sold. ({state})"),
            FIRST,
        ),
    ]
    assert told(trade, data=[stored], audit=lines)[-2:] == [
        "The strategy stored level = 3",
        "ann (REST ::1) commanded POST /forceexit → Sold.",
    ]
