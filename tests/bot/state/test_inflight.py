"""Orders in flight: what is remembered of the journal, what waits for what, when is asked for what again."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from appliance.bot.state.inflight import MOST_REFUSED, InFlightOrders
from appliance.domain.journal import JournalEntry
from appliance.domain.order_state import OrderState
from appliance.rules.order_life import (
    DELETED,
    ENDED_CHECKS,
    FILLED_CHECKS,
    LONGEST_CHECK,
    NEVER_SENT,
    NOWHERE_CHECKS,
    REFUSED_CHECKS,
)
from tests.support.trades import new_trade

NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)
S = OrderState
TRADE = new_trade()


class Watch:
    """A clock that the test sets, and what is in flight by it."""

    def __init__(self, patience: float = 30.0) -> None:
        self.now = 1_000.0
        self.orders = InFlightOrders(lambda: self.now, lambda: patience)

    def due(self) -> list[str]:
        return [line.client_order_id for line in self.orders.due()]

    def asked_after(self, key: str, within: float = 10_000.0) -> list[float]:
        """Return after how many seconds an order is asked for again until nothing more is due."""
        began, found = self.now, []
        while self.now - began <= within:
            if key in self.due():
                found.append(self.now - began)
                self.orders.checked(self.orders._orders[key].line)
            self.now += 1
        return found


def line(state: OrderState, key: str = "a", *, ago: float = 0.0, **fields: object) -> JournalEntry:
    """Return a line that changed so many seconds ago."""
    at = NOW - timedelta(seconds=ago)
    given = {
        "trade_id": 1, "pair": "ETH/USDT", "side": "buy", "order_type": "limit", "amount": 1.0, "rate": 1.0,
        "order_id": f"number-{key}", "created_at": at - timedelta(seconds=1), "updated_at": at,
    }  # fmt: skip
    return JournalEntry(client_order_id=key, state=state, **(given | fields))


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.mark.parametrize(
    ("state", "note", "after"),
    [
        (S.CANCELLED, None, ENDED_CHECKS),
        (S.FILLED, None, FILLED_CHECKS),
        (S.REJECTED, "refused: no", REFUSED_CHECKS),
        (S.REJECTED, NEVER_SENT, NOWHERE_CHECKS),
    ],
)
def test_an_ended_order_is_rechecked_and_then_dropped(watch, state, note, after):
    watch.orders.record([line(state, note=note)])
    assert watch.asked_after("a") == list(after)
    assert len(watch.orders) == 0


def test_an_unsent_order_is_not_rechecked_before_it_could_have_arrived():
    watch = Watch(patience=100.0)
    watch.orders.record([line(S.REJECTED, note=NEVER_SENT)])
    assert watch.asked_after("a") == [100.0, 300.0, 1800.0]


def test_a_manually_deleted_trade_is_not_managed(watch):
    watch.orders.record([line(S.CANCELLED, note=DELETED)])
    assert len(watch.orders) == 0
    watch.orders.record([line(S.ACKNOWLEDGED, note=DELETED), line(S.CANCELLED)])
    assert watch.due() == []


def test_an_exchange_that_takes_nothing_back_is_not_asked_again():
    watch = Watch(patience=0.0)
    watch.orders.record([line(S.CANCELLED), line(S.FILLED, "b"), line(S.REJECTED, "c", note="refused: no")])
    assert len(watch.orders) == 0


def test_a_change_during_a_recheck_gets_rechecks_of_its_own(watch):
    old = line(S.CANCELLED)
    watch.orders.record([old])
    watch.now += 3
    watch.orders.record([msgspec.structs.replace(old, updated_at=NOW + timedelta(seconds=3))])
    watch.orders.checked(old)
    assert watch.asked_after("a") == list(ENDED_CHECKS)


# -- after a start -------------------------------------------------------------------------------------


@pytest.mark.parametrize("ago", [0, 2, 20, 100, 800])
def test_a_start_continues_where_the_program_ended(watch, ago):
    """What was due meanwhile is due at once, and once."""
    watch.orders.load([line(S.CANCELLED, ago=ago)], NOW)
    left = [after - ago for after in ENDED_CHECKS if after > ago]
    assert watch.asked_after("a") == ([0.0] if ago >= ENDED_CHECKS[0] else []) + left


def test_what_was_due_long_ago_is_left_to_the_comparison_of_orders(watch):
    watch.orders.load([line(S.CANCELLED, ago=LONGEST_CHECK + 1), line(S.FILLED, "b", ago=11)], NOW)
    assert len(watch.orders) == 0


def test_older_orders_are_fetched_once(watch):
    old = line(S.CANCELLED, ago=10 * 86_400)
    watch.orders.load([old, line(S.CANCELLED, "b", ago=10 * 86_400)], NOW, missed={"a"})
    assert watch.asked_after("a") == [0.0]
    assert len(watch.orders) == 0


def test_a_clock_that_was_set_back_makes_nothing_of_the_future(watch):
    watch.orders.load([line(S.CANCELLED, ago=-3600)], NOW)
    assert watch.asked_after("a") == list(ENDED_CHECKS)


def test_open_orders_are_in_flight_however_old_they_are(watch):
    month = 30 * 86_400
    watch.orders.load(
        [line(S.UNKNOWN, ago=month), line(S.ACKNOWLEDGED, "b", ago=month, pair="SOL/USDT")], NOW
    )
    assert watch.orders.pairs == {"ETH/USDT", "SOL/USDT"}
    assert [one.client_order_id for one in watch.orders.unresolved()] == ["a"]
    assert watch.due() == []


# -- what waits for what -------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [S.INTENT, S.UNKNOWN])
@pytest.mark.parametrize(
    ("lost", "wanted", "waits"),
    [("buy", "buy", True), ("sell", "buy", True), ("sell", "sell", True), ("buy", "sell", False)],
)
def test_entries_wait_for_all_and_exits_for_exits(watch, state, lost, wanted, waits):
    watch.orders.record([line(state, side=lost)])
    assert watch.orders.holds_back(TRADE, wanted) is waits
    assert not watch.orders.holds_back(new_trade(pair="SOL/USDT"), wanted)


def test_an_exit_of_the_rest_does_not_wait_for_one_of_a_part(watch):
    trade = new_trade(pair="ETH/USDT")
    trade.amount = 4 * line(S.UNKNOWN).amount
    watch.orders.record([line(S.UNKNOWN, side="sell")])
    assert not watch.orders.holds_back(trade, "sell", 0.75 * trade.amount)
    assert watch.orders.holds_back(trade, "sell", 0.8 * trade.amount)


@pytest.mark.parametrize("state", [S.ACKNOWLEDGED, S.PARTIALLY_FILLED, S.CANCELLED, S.FILLED, S.REJECTED])
def test_nothing_waits_for_what_is_known(watch, state):
    watch.orders.record([line(S.UNKNOWN), line(state)])
    assert not watch.orders.holds_back(TRADE, "buy")


# -- patience ------------------------------------------------------------------------------------------


def test_patience_counts_from_when_the_answer_was_lost_whatever_is_written_since(watch):
    lost = line(S.UNKNOWN)
    watch.orders.record([lost])
    watch.now += 20
    watch.orders.record([msgspec.structs.replace(lost, note="still not")])
    assert watch.orders.begin(lost) == 20
    watch.orders.answered("a", 20)
    assert watch.orders.asked("a") == 20
    watch.orders.end("a")
    assert watch.orders.asked("a") is None
    assert watch.orders.begin(lost) == 0


def test_another_programs_order_is_forgotten_once_it_is_found(watch):
    foreign = line(S.ACKNOWLEDGED, "number", order_id="number")
    assert watch.orders.begin(foreign) == 0
    watch.orders.end("number")
    assert len(watch.orders) == 0


def test_one_refused_order_per_pair_and_few_in_all_are_rechecked(watch):
    refused = {"note": "refused: no", "order_id": None}
    for number in range(MOST_REFUSED + 5):
        pair = f"{number}/USDT"
        watch.orders.record([line(S.REJECTED, f"{number} {n}", pair=pair, **refused) for n in range(3)])
    watch.now += REFUSED_CHECKS[0]
    assert len(watch.due()) == MOST_REFUSED
    assert all(key.endswith(" 0") for key in watch.due())


def test_what_is_due_longest_comes_first_and_can_be_put_off(watch):
    watch.orders.load([line(S.CANCELLED, "late", ago=4), line(S.CANCELLED, "later", ago=3.5)], NOW)
    watch.now += 30
    assert watch.due() == ["late", "later"]
    watch.orders.postpone(line(S.CANCELLED, "late"), 5.0)
    assert watch.due() == ["later"]
    watch.now += 5
    assert set(watch.due()) == {"late", "later"}
