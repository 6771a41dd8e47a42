"""The life of an order: what may follow on what evidence, and that the documents show just that."""

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from appliance.domain.journal import JournalEntry
from appliance.domain.order_state import FINISHED, UNRESOLVED, OrderState
from appliance.rules.order_life import (
    DELETED,
    NEVER_SENT,
    TABLE,
    Event,
    Evidence,
    Step,
    checks_of,
    diagram,
    follow,
    table,
)

NOW = datetime(2026, 1, 5, tzinfo=UTC)

PAGE = (Path(__file__).parents[2] / "docs" / "architecture.md").read_text()


def test_the_page_shows_the_diagram_and_the_table_of_the_code():
    """Otherwise put what diagram() and table() return into docs/architecture.md."""
    assert f"```mermaid\n{diagram()}\n```" in PAGE
    assert table() in PAGE


@pytest.mark.parametrize("state", OrderState)
@pytest.mark.parametrize("evidence", Evidence)
def test_whatever_is_learned_leads_to_a_state_and_never_back_to_the_intent(state, evidence):
    step = follow(state, evidence)
    assert step.to is not OrderState.INTENT or state is OrderState.INTENT
    if evidence not in TABLE[state]:
        assert step == Step(state), "no news changes nothing"


@pytest.mark.parametrize("state", OrderState)
def test_a_fill_is_announced_and_protected_whenever_it_is_reported(state):
    for evidence in (Evidence.WHOLE, Evidence.ENDED_PART):
        step = TABLE[state].get(evidence)
        if step is not None:
            assert Event.FILLED in step.announces
            assert step.protects


@pytest.mark.parametrize("state", [state for state in OrderState if state not in FINISHED])
def test_an_ended_order_is_rechecked_unless_it_was_filled_completely(state):
    for evidence in (Evidence.ENDED, Evidence.ENDED_PART, Evidence.NOWHERE):
        assert follow(state, evidence).checks[-1] >= 900.0


@pytest.mark.parametrize("state", sorted(UNRESOLVED))
def test_silence_makes_an_order_unknown_and_is_announced_once(state):
    step = follow(state, Evidence.NO_ANSWER)
    assert step.to is OrderState.UNKNOWN
    assert step.announces == ((Event.LOST,) if state is OrderState.INTENT else ())


@pytest.mark.parametrize("state", [OrderState.CANCELLED, OrderState.REJECTED])
def test_a_report_after_the_end_is_announced_as_late(state):
    for evidence in (Evidence.PART, Evidence.WHOLE, Evidence.ENDED_PART):
        assert Event.LATE in follow(state, evidence).announces


def test_an_order_that_was_filled_whole_stays_so():
    assert all(follow(OrderState.FILLED, evidence).to is OrderState.FILLED for evidence in Evidence)


@pytest.mark.parametrize(("state", "note"), [(OrderState.CANCELLED, None), (OrderState.REJECTED, NEVER_SENT)])
def test_a_restart_goes_by_the_same_checks_as_the_table(state, note):
    line = JournalEntry(
        client_order_id="appl1", trade_id=1, pair="ETH/USDT", side="buy", order_type="limit", amount=1.0,
        rate=100.0, state=state, order_id="1", note=note, created_at=NOW, updated_at=NOW,
    )  # fmt: skip
    wanted = {
        step.checks
        for steps in TABLE.values()
        for evidence, step in steps.items()
        if step.to is state and (evidence is Evidence.NOWHERE) == (note is not None) and step.checks
    }
    assert checks_of(line) in wanted
    assert checks_of(msgspec.structs.replace(line, note=DELETED)) == ()
