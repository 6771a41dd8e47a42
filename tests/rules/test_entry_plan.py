"""An entry is planned from facts and answers alone; whatever they are, the plan stays within its limits."""

import math

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.domain.errors import Refused
from appliance.domain.futures import LeverageTier
from appliance.domain.market import Market
from appliance.rules.entry_plan import EntryAnswers, EntryFacts, plan_entry
from appliance.rules.trade_requests import EntryRequest

MARKET = Market(
    pair="ETH/USDT", base="ETH", quote="USDT", amount_precision=0.001, price_precision=0.01, cost_min=10.0
)
REQUEST = EntryRequest(pair="ETH/USDT", tag="dip")
FACTS = EntryFacts(
    market=MARKET, price=2000.0, stake=100.0, available=1000.0, order_type="limit", time_in_force="GTC",
    stoploss=-0.1, reserve=0.05, max_distance=0.02,
)  # fmt: skip
NO_ANSWERS = EntryAnswers()
TIERS = (
    LeverageTier(least=0.0, most=5_000.0, maintenance_ratio=0.01, largest_leverage=20.0),
    LeverageTier(least=5_000.0, most=50_000.0, maintenance_ratio=0.05, largest_leverage=5.0),
)


def test_a_plan_says_in_one_line_what_is_to_be_done():
    text = str(plan_entry(REQUEST, FACTS, NO_ANSWERS))
    limits = "allowed 11.666667 to inf"
    assert text == f"long ETH/USDT: limit 0.05 at 2000 (stake 100 of 1000 available, leverage 1, {limits})"


def test_a_plan_makes_exactly_its_order():
    plan = plan_entry(msgspec.structs.replace(REQUEST, side="short", order_type="market"), FACTS, NO_ANSWERS)
    order = plan.order
    assert (order.pair, order.side, order.order_type) == ("ETH/USDT", "sell", "market")
    assert (order.amount, order.price, order.tag) == (0.05, 2000.0, "dip")


def test_a_price_below_half_a_tick_is_refused_with_the_reason():
    plan = plan_entry(REQUEST, msgspec.structs.replace(FACTS, price=0.004), NO_ANSWERS)
    assert (plan.amount, plan.refusal) == (0.0, "its price is 0 once it is rounded to the pair's tick")


@pytest.mark.parametrize("stake", [0.0, 1.0, -5.0])
def test_a_stake_that_does_not_fit_is_refused_with_the_reason(stake: float):
    plan = plan_entry(REQUEST, FACTS, EntryAnswers(stake=stake))
    assert (plan.amount, plan.refusal) == (0.0, "the stake of 0 is too small to buy anything")
    assert str(plan).endswith("; not entered: the stake of 0 is too small to buy anything")


def test_a_stake_beyond_the_last_tier_is_refused():
    with pytest.raises(Refused, match="more than the exchange takes"):
        plan_entry(REQUEST, msgspec.structs.replace(FACTS, tiers=TIERS, stake=20_000.0), NO_ANSWERS)


def test_the_requested_leverage_goes_before_the_strategys():
    facts = msgspec.structs.replace(FACTS, tiers=TIERS)
    wanted = msgspec.structs.replace(REQUEST, leverage=3.0)
    assert plan_entry(wanted, facts, EntryAnswers(leverage=7.0)).leverage == 3.0
    assert plan_entry(REQUEST, facts, EntryAnswers(leverage=7.0)).leverage == 7.0
    assert plan_entry(wanted, FACTS, EntryAnswers(leverage=7.0)).leverage == 1.0  # spot


positive = st.floats(min_value=1e-3, max_value=1e6)
answered = st.none() | st.floats(min_value=-1e3, max_value=1e6)


@given(
    price=positive,
    stake=st.floats(min_value=0.0, max_value=9_000.0),
    available=st.floats(min_value=0.0, max_value=1e6),
    lot=st.sampled_from([None, 1e-8, 0.001, 1.0]),
    tick=st.sampled_from([1e-8, 0.001, 0.01]),
    cost_min=st.none() | st.floats(min_value=0.0, max_value=100.0),
    tiers=st.sampled_from([None, TIERS]),
    leverage=st.none() | st.floats(min_value=0.1, max_value=200.0),
    answers=st.builds(EntryAnswers, price=st.none() | positive, leverage=answered, stake=answered),
)
def test_whatever_is_asked_and_answered_the_plan_stays_within_its_limits(
    price, stake, available, lot, tick, cost_min, tiers, leverage, answers
):
    market = Market(
        pair="ETH/USDT",
        base="ETH",
        quote="USDT",
        amount_precision=lot,
        price_precision=tick,
        cost_min=cost_min,
    )
    facts = msgspec.structs.replace(
        FACTS, market=market, price=price, stake=stake, available=available, tiers=tiers
    )
    request = msgspec.structs.replace(REQUEST, leverage=leverage)
    plan = plan_entry(request, facts, answers)
    assert plan_entry(request, facts, answers) == plan
    assert abs(plan.price - price) <= price * facts.max_distance * (1 + 1e-9) + tick
    assert (
        1.0 <= plan.leverage <= plan.largest_leverage == (1.0 if tiers is None else tiers_most(tiers, stake))
    )
    assert 0.0 <= plan.stake <= min(plan.largest, max(available, 0.0))
    assert plan.stake == 0.0 or plan.least is None or plan.stake >= plan.least
    assert 0.0 <= plan.amount <= plan.wanted_amount * (1 + 1e-12)
    if plan.price > 0:
        assert math.isclose(plan.wanted_amount * plan.price, plan.stake * plan.leverage, abs_tol=1e-9)
    assert bool(plan.refusal) == (plan.amount == 0.0)


def tiers_most(tiers, stake):
    return next(tier.largest_leverage for tier in tiers if stake <= tier.most / tier.largest_leverage)
