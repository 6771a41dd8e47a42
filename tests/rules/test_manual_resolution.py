"""What a person claims of an order is held against what the exchange says."""

from datetime import UTC, datetime

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from appliance.domain.journal import JournalEntry
from appliance.domain.market import ExchangeOrder
from appliance.domain.order_state import OrderState
from appliance.rules.manual_resolution import Claim, objections
from appliance.rules.resolution import Evidence, Verdict, settle_unknown

NOW = datetime(2026, 1, 5, tzinfo=UTC)
ENTRY = JournalEntry(
    client_order_id="appl1",
    trade_id=1,
    pair="ETH/USDT",
    side="buy",
    order_type="limit",
    amount=1.0,
    rate=100.0,
    state=OrderState.UNKNOWN,
    created_at=NOW,
    updated_at=NOW,
)
ORDER = ExchangeOrder(
    id="7", pair="ETH/USDT", side="buy", type="limit", status="open", amount=1.0, client_order_id="appl1"
)
UNSENT = st.sampled_from([Claim.NEVER_SENT, Claim.REJECTED])
EVIDENCE = st.builds(
    Evidence,
    found=st.sampled_from([None, ORDER, msgspec.structs.replace(ORDER, status="canceled")]),
    complete=st.booleans(),
    waited=st.floats(0, 1000),
)


@given(UNSENT, EVIDENCE, st.floats(0, 1000))
def test_a_never_sent_claim_is_accepted_only_if_the_bot_agrees(claim, evidence, patience):
    alone = settle_unknown(evidence, patience) is Verdict.NEVER_SENT
    assert (objections(claim, ENTRY, evidence, None, patience) == []) == alone


@given(UNSENT, st.floats(0, 1000))
def test_nothing_is_taken_on_trust_while_the_exchange_cannot_be_asked(claim, patience):
    assert objections(claim, ENTRY, None, None, patience)


@given(EVIDENCE, st.floats(0, 1000))
def test_the_order_that_bears_our_id_is_adopted_without_objection(evidence, patience):
    assert objections(Claim.ADOPT, ENTRY, evidence, ORDER, patience) == []


@given(
    st.sampled_from(
        [{"side": "sell"}, {"amount": 1.02}, {"amount": 0.9}, {"client_order_id": "web_1"}, {"id": "8"}]
    )
)
def test_an_order_of_another_is_distinguished_from_ours(change):
    named = msgspec.structs.replace(ORDER, **change)
    evidence = Evidence(found=ORDER, complete=True, waited=0)
    assert len(objections(Claim.ADOPT, ENTRY, evidence, named, 30)) == 1


def test_what_exchanges_cut_off_or_leave_out_is_no_objection():
    named = msgspec.structs.replace(ORDER, amount=0.995, client_order_id=None)
    assert objections(Claim.ADOPT, ENTRY, None, named, 30) == []
