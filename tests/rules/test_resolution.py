from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from appliance.domain.market import ExchangeOrder
from appliance.rules.resolution import (
    Evidence,
    Verdict,
    asks_again,
    forgetting_seconds,
    settle_unknown,
    settling_seconds,
)

FOUND = ExchangeOrder(id="4711", pair="ETH/USDT", side="buy", type="limit", status="open", amount=1.0)
seconds = st.floats(0, 1e6)


def evidence(found: ExchangeOrder | None, waited: float, *, complete: bool = True) -> Evidence:
    return Evidence(found=found, complete=complete, waited=waited)


def test_what_was_not_looked_through_whole_proves_nothing():
    assert settle_unknown(evidence(None, 3600, complete=False), 30) is Verdict.WAIT


def test_an_order_that_may_still_be_on_its_way_is_waited_for():
    assert settle_unknown(evidence(None, 29.9), 30) is Verdict.WAIT
    assert settle_unknown(evidence(None, 30), 30) is Verdict.NEVER_SENT


@given(seconds, st.booleans(), seconds)
def test_an_order_that_the_exchange_has_is_always_adopted(waited, complete, patience):
    assert settle_unknown(evidence(FOUND, waited, complete=complete), patience) is Verdict.ADOPT


@given(seconds, st.booleans(), seconds)
def test_never_sent_needs_the_whole_truth_and_the_whole_patience(waited, complete, patience):
    verdict = settle_unknown(evidence(None, waited, complete=complete), patience)
    assert (verdict is Verdict.NEVER_SENT) == (complete and waited >= patience)


@given(st.none() | st.floats(0, 60_000), st.floats(0, 120_000))
def test_waiting_outlasts_what_a_request_is_signed_for_and_the_patience_with_its_answer(window, timeout):
    assert settling_seconds(window, timeout) >= ((window or 0) + timeout) / 1000 + 10


def test_it_is_requested_more_and_more_rarely_and_as_soon_as_it_is_certain():
    asked, times = None, []
    for tenth in range(301):
        if asks_again(asked, tenth / 10, 30):
            asked = tenth / 10
            times.append(asked)
    assert times == [0, 1, 3, 7, 15, 23, 30]
    assert not asks_again(30, 30.1, 30)


def test_without_a_known_window_half_a_minute_is_the_least():
    assert settling_seconds(10_000, 10_000) == settling_seconds(None, 2_000) == settling_seconds(0, 0) == 30
    assert settling_seconds(None, 60_000) == 80
    assert settling_seconds(1_000, 2_000) == 13


def test_an_order_that_the_exchange_has_had_is_looked_for_five_minutes_at_least():
    assert forgetting_seconds(13) == forgetting_seconds(30) == 300
    assert forgetting_seconds(80) == 800
    assert forgetting_seconds(0) == 0


# -- every interleaving of what exchange and network do to one order after another ----------------------

PATIENCE, ON_ITS_WAY, HIDDEN = 30.0, 10.0, 20.0
"""How long is waited, a request may be on its way, and the exchange may not find what it has (seconds)."""


class LostOrders(RuleBasedStateMachine):
    """Orders are sent one after the other, each answer is lost, none is sent before the last is settled."""

    def __init__(self) -> None:
        super().__init__()
        self.now = self.sent_at = self.asked_since = 0.0
        self.waiting = False
        self.fate: str | None = None
        self.accepted_at: float | None = None
        self.filled = 0.0
        self.status = "open"
        self.booked: list[str] = []
        self.accepted: list[str] = []
        self.number = 0

    @precondition(lambda self: not self.waiting)
    @rule(fate=st.sampled_from(["dies on its way", "arrives"]))
    def send(self, fate: str) -> None:
        self.number += 1
        self.waiting, self.fate, self.accepted_at = True, fate, None
        self.sent_at = self.asked_since = self.now
        self.filled, self.status = 0.0, "open"

    @rule(seconds=st.floats(0.1, 15))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds
        if self.waiting and self.fate == "arrives" and self.accepted_at is None:
            self.arrives()

    def arrives(self) -> None:
        """The exchange takes no request that is older than its window: then it is dead."""
        if self.now - self.sent_at <= ON_ITS_WAY:
            self.accepted_at = self.now
            self.accepted.append(str(self.number))
        else:
            self.fate = "dies on its way"

    @precondition(lambda self: self.accepted_at is not None and self.status == "open")
    @rule(share=st.sampled_from([0.5, 1.0]), cancelled=st.booleans())
    def something_happens_to_it(self, share: float, cancelled: bool) -> None:
        self.filled = max(self.filled, share)
        self.status = "closed" if self.filled == 1 else "canceled" if cancelled else "open"

    @precondition(lambda self: self.waiting)
    @rule()
    def restart(self) -> None:
        """Patience begins anew: what a clock said before counts for nothing."""
        self.asked_since = self.now

    @precondition(lambda self: self.waiting)
    @rule(answers=st.booleans(), lag=st.floats(0, HIDDEN - 0.1))
    def ask(self, answers: bool, lag: float) -> None:
        has = self.accepted_at is not None and self.now - self.accepted_at >= lag
        seen = ExchangeOrder(
            id=str(self.number), pair="ETH/USDT", side="buy", type="limit", status=self.status, amount=1.0,
            filled=self.filled,
        )  # fmt: skip
        found = seen if has and answers else None
        told = Evidence(found=found, complete=answers, waited=self.now - self.asked_since)
        verdict = settle_unknown(told, PATIENCE)
        if verdict is Verdict.ADOPT:
            assert found is not None
            assert found.filled == self.filled
            self.booked.append(found.id)
        elif verdict is Verdict.NEVER_SENT:
            assert self.accepted_at is None
            assert self.now - self.sent_at > ON_ITS_WAY
        self.waiting = verdict is Verdict.WAIT

    @invariant()
    def what_is_not_waited_for_is_in_the_books_once(self) -> None:
        settled = self.accepted if not self.waiting else [x for x in self.accepted if x != str(self.number)]
        assert self.booked == settled


TestLostOrders = LostOrders.TestCase
TestLostOrders.settings = settings(max_examples=80, stateful_step_count=30, deadline=None)
