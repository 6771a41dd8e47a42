"""Sentences about steps: what a trader reads."""

import math
import re

import pytest

from appliance.domain.decisions.kinds import FORMS, Kind
from appliance.domain.decisions.record import Step
from appliance.domain.decisions.sentences import facts_of, moment, sentence

NOON = 1_767_614_400_000
"""2026-01-05 12:00 UTC."""
HOUR = 3_600_000


def step(kind: Kind, *facts) -> Step:
    return Step(kind, NOON, NOON, 1, facts)


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_names_its_facts_and_no_others(kind):
    form = FORMS[kind]
    named = set(re.findall(r"\{(\w+)\}", form.words))
    assert named <= set(form.facts)
    assert len(form.facts) == len(set(form.facts))
    assert form.key <= len(form.facts)


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("value", [None, "", "[x] {y}", 0, -1.5, math.inf, math.nan, True])
def test_no_fact_is_too_odd_for_a_sentence(kind, value):
    assert sentence(step(kind, *[value] * len(FORMS[kind].facts)))
    assert sentence(step(kind))


@pytest.mark.parametrize(
    ("made", "says"),
    [
        (
            step(Kind.LOCKED, NOON + HOUR, "StoplossGuard", None),
            "no entry: locked until 13:00 by StoplossGuard",
        ),
        (
            step(Kind.LOCKED, NOON + 24 * HOUR, None, "news"),
            "no entry: locked until 2026-01-06 12:00: news",
        ),
        (step(Kind.NO_SLOT, 3, 3.0), "no entry: no free slot, 3 of 3 trades are open"),
        (step(Kind.SIGNAL, "short", ""), "signal to enter short"),
        (
            step(Kind.NO_STAKE, "the stake is too small", 2.0, None, math.inf, 50.5),
            "no entry: the stake is too small (wanted 2, at most unlimited, available 50.5)",
        ),
        (
            step(Kind.HOLDS, 7, 0.0123, 64_321.5, 60_000.0, None, ""),
            "trade 7 stays open: profit 1.23 % at 64321.5, stop at 60000 not reached",
        ),
        (
            step(Kind.TRADE_CLOSED, 7, "roi", 0.02, 1.996, "USDT"),
            "trade 7 closed by roi: 2.00 %, +2.00 USDT",
        ),
    ],
)
def test_what_is_not_known_is_left_out(made, says):
    assert sentence(made) == says


def test_facts_have_names():
    assert facts_of(step(Kind.IN_TRADE, 5)) == {"trade_id": 5}


def test_the_date_is_given_where_it_is_another_day():
    assert moment(NOON, NOON) == "12:00"
    assert moment(NOON, NOON + 12 * HOUR) == "2026-01-05 12:00"
