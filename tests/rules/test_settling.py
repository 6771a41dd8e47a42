from hypothesis import given
from hypothesis import strategies as st

from appliance.domain.market import ExchangeOrder
from appliance.rules.settling import Evidence, Verdict, settle_unknown

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
