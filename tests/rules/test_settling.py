from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from appliance.domain.journal import JournalEntry, JournalState
from appliance.domain.market import ExchangeOrder
from appliance.rules.settling import Evidence, Verdict, settle_unknown

NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)
PATIENCE = timedelta(seconds=30)
ENTRY = JournalEntry(
    client_order_id="a1", trade_id=1, pair="ETH/USDT", side="buy", order_type="limit", amount=1.0, rate=100.0,
    state=JournalState.UNKNOWN, created_at=NOW, updated_at=NOW,
)  # fmt: skip
FOUND = ExchangeOrder(id="4711", pair="ETH/USDT", side="buy", type="limit", status="open", amount=1.0)


def evidence(found: ExchangeOrder | None, seconds: float, *, complete: bool = True) -> Evidence:
    return Evidence(found=found, complete=complete, asked_at=NOW + timedelta(seconds=seconds))


def test_what_was_not_looked_through_whole_proves_nothing():
    assert settle_unknown(ENTRY, evidence(None, 3600, complete=False), PATIENCE) is Verdict.WAIT


def test_an_order_that_may_still_be_on_its_way_is_waited_for():
    assert settle_unknown(ENTRY, evidence(None, 29.9), PATIENCE) is Verdict.WAIT
    assert settle_unknown(ENTRY, evidence(None, 30), PATIENCE) is Verdict.NEVER_SENT


@given(st.floats(0, 1e6), st.booleans(), st.floats(0, 1e5))
def test_an_order_that_the_exchange_has_is_always_adopted(seconds, complete, patience):
    told = evidence(FOUND, seconds, complete=complete)
    assert settle_unknown(ENTRY, told, timedelta(seconds=patience)) is Verdict.ADOPT


@given(st.floats(-1e6, 1e6), st.booleans())
def test_never_sent_needs_the_whole_truth_and_the_whole_patience(seconds, complete):
    verdict = settle_unknown(ENTRY, evidence(None, seconds, complete=complete), PATIENCE)
    assert (verdict is Verdict.NEVER_SENT) == (complete and seconds >= 30)
