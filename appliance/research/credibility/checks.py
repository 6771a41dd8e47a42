"""Ask of a search what a careful trader would ask, and answer in plain words."""

import math
from collections.abc import Iterator
from typing import Annotated, Literal

import msgspec
import numpy as np

from appliance.config.documented import doc
from appliance.reports.number_format import MINUS, percent, share
from appliance.research.credibility.examine import Examination
from appliance.research.overfitting.returns import DAY_MS
from appliance.research.overfitting.sharpe import moments_of, probabilistic_sharpe
from appliance.research.overfitting.trade_order import RUIN

Mark = Literal["good", "doubtful", "bad", "unknown"]

CERTAIN, LIKELY = 0.95, 0.8
"""Deflated Sharpe ratios: above the first it is hardly luck; below the second, luck explains it well."""
RARELY, OFTEN = 0.2, 0.4
"""Probabilities of overfitting. On noise it is one half."""
FEW_TRADES, ENOUGH_TRADES = 30, 100
MOSTLY, HALF = 0.8, 0.5
_LONG = 3652
"""Ten years, in days: a longer time says as much as never."""


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """State the answer to one question."""

    name: Annotated[str, doc("What is checked: trades, luck, choice, unseen, neighbours, histories, risk.")]
    question: Annotated[str, doc("The question.")]
    mark: Annotated[Mark, doc("good, doubtful, bad, or unknown where there was too little to tell.")]
    answer: Annotated[str, doc("The answer in words.")]


def checks_of(found: Examination) -> Iterator[Check]:
    """Yield the checks, the most important ones first."""
    yield luck(found)
    yield choice(found)
    yield unseen(found)
    yield neighbours(found)
    yield histories(found)
    yield trades(found)
    yield risk(found)


def luck(found: Examination) -> Check:
    """Ask whether the best trial is better than the best of as many trials without an edge."""
    question = "Is it better than the best of as many tries without an edge?"
    deflated, record = found.deflated, found.record
    if deflated.moments.count < 2 or not deflated.sharpe:
        return _unknown("luck", question, "The best parameters made no trades.")
    year = math.sqrt(record.grid.per_year)
    ratio, expected = ratio_text(deflated.sharpe * year), ratio_text(deflated.expected * year)
    made, alike = record.trials + record.earlier_trials, found.independent
    tries = f"{made:,} trials, as different as {alike:,.0f} independent ones"
    yes = deflated.probability >= CERTAIN
    mark: Mark = "good" if yes else "doubtful" if deflated.probability >= LIKELY else "bad"
    begin = {
        "good": "Yes",
        "doubtful": "Perhaps",
        "bad": "Not by enough" if deflated.sharpe > deflated.expected else "No",
    }
    told = (
        f"{begin[mark]}: its Sharpe ratio is {ratio} a year. The best of {tries}, would have about "
        f"{expected} by luck alone. The probability that it really lies above that is "
        f"{_share(deflated.probability)}"
    )
    if not yes and math.isfinite(found.enough):
        days = found.enough * record.grid.step_ms / DAY_MS
        needed = f"{days:,.0f} days" if days <= _LONG else "more than ten years"
        told += f"; it would take {needed} of such results to be sure, and these are {record.days:.0f} days"
    return Check(name="luck", question=question, mark=mark, answer=f"{told}.")


def choice(found: Examination) -> Check:
    """Ask whether what is best in one half of the time is good in the other."""
    question = "Are the parameters that are best in one half of the time good in the other?"
    result = found.overfitting
    if result is None:
        return _unknown("choice", question, "There are too few days, or too few trials that differ.")
    told = (
        f"in {_share(result.probability)} of {result.splits:,} ways to halve the time, the best of one half "
        f"was among the worse half of {found.different:,} different trials in the other"
    )
    lost = f"it lost there in {_share(result.loss)}"
    if result.probability >= OFTEN:
        answer = f"No: {told}; choosing blindly does that in 50 %. {lost.capitalize()}."
        return Check(name="choice", question=question, mark="bad", answer=answer)
    if result.loss > HALF:
        answer = f"No: {lost}, even though it was not often worse than others: {told}."
        return Check(name="choice", question=question, mark="bad", answer=answer)
    is_reliable = result.probability <= RARELY
    answer = f"{'Mostly' if is_reliable else 'Not reliably'}: {told}. {lost.capitalize()}."
    return Check(name="choice", question=question, mark="good" if is_reliable else "doubtful", answer=answer)


def unseen(found: Examination) -> Check:
    """Ask what the search makes where it has not looked."""
    question = "Does the search make money where it has not looked?"
    result = found.unseen
    if result is None:
        return _unknown("unseen", question, "There are too few days, or too few trials that differ.")
    kept = result.outside / result.inside if result.inside > 0 else 0.0
    is_steady = probabilistic_sharpe(moments_of(result.made)) >= LIKELY
    mark: Mark = "bad" if result.outside <= 0 else "good" if kept >= HALF and is_steady else "doubtful"
    begin = {"good": "Yes", "doubtful": "Not reliably", "bad": "No"}[mark]
    told = (
        f"{begin}: chosen on seven eighths of the time and tested on the last eighth, eight times over, it "
        f"made {percent(result.outside)}; the best parameters made {percent(result.inside)} in the time "
        "that they were chosen on."
    )
    return Check(name="unseen", question=question, mark=mark, answer=told)


def neighbours(found: Examination) -> Check:
    """Ask whether parameters next to the best ones are nearly as good."""
    question = "Are parameters beside the best ones nearly as good?"
    result = found.neighbourhood
    if result is None or result.kept is None or result.shape is None:
        return _unknown("neighbours", question, "The neighbourhood was not explored.")
    marks: dict[str, Mark] = {"plateau": "good", "slope": "doubtful", "peak": "bad"}
    words = {
        "plateau": "Yes, the best ones lie on a plateau",
        "slope": "Partly, the best ones lie on a slope",
        "peak": "No, the best ones stand on a lonely peak",
    }
    kept = _share(max(0.0, result.kept))
    told = f"{words[result.shape]}: one step away, {kept} of their advantage over an ordinary trial is left."
    return Check(name="neighbours", question=question, mark=marks[result.shape], answer=told)


def histories(found: Examination) -> Check:
    """Ask whether the best parameters win on other histories of the same market."""
    question = "Do the best parameters win if the days come in another order?"
    result = found.histories
    if result is None or not len(result.profits):
        return _unknown("histories", question, "No made-up candles were tested.")
    mark: Mark = "good" if result.won >= MOSTLY else "doubtful" if result.won >= HALF else "bad"
    begin = {"good": "Mostly", "doubtful": "Not reliably", "bad": "Mostly not"}[mark]
    low, middle, high = (percent(float(value)) for value in np.percentile(result.profits, (5, 50, 95)))
    told = (
        f"{begin}: {_share(result.won)} of {len(result.profits)} made-up histories ended with a profit; the "
        f"middle one made {middle}, nine of ten were between {low} and {high}."
    )
    return Check(name="histories", question=question, mark=mark, answer=told)


def trades(found: Examination) -> Check:
    """Ask whether there are enough trades to tell anything."""
    count = len(found.record.outcome.trades)
    mark: Mark = "good" if count >= ENOUGH_TRADES else "doubtful" if count >= FEW_TRADES else "bad"
    words = {"good": "Yes", "doubtful": "Hardly", "bad": "No"}
    told = f"{words[mark]}: {count:,} trade{'' if count == 1 else 's'} in {found.record.days:.0f} days."
    return Check(name="trades", question="Are there enough trades to tell?", mark=mark, answer=told)


def risk(found: Examination) -> Check:
    """Ask how deep the account may fall although the trades are the same."""
    question = "How deep can the account fall with these very trades?"
    orders = found.orders
    if not orders.trades:
        return _unknown("risk", question, "There are no trades.")
    usual, deep = (float(value) for value in np.percentile(orders.falls, (50, 95)))
    mark: Mark = "good" if deep < 0.25 and orders.ruined < 0.01 else "doubtful" if deep < RUIN else "bad"
    told = (
        f"By {_fall(orders.observed_fall)} as they came; by {_fall(usual)} in the middle of "
        f"{len(orders.falls):,} other orders, and in one of twenty by more than {_fall(deep)}. With trades "
        f"like these, {_share(orders.lost)} of accounts end with a loss, and {_share(orders.ruined)} lose "
        "half of the start on the way."
    )
    return Check(name="risk", question=question, mark=mark, answer=told)


def ratio_text(value: float) -> str:
    """Format a Sharpe ratio."""
    return f"{value:.2f}".replace("-", MINUS)


def _fall(ratio: float) -> str:
    """Format a drawdown as percent."""
    return f"{100 * ratio:.1f} %"


def _share(ratio: float) -> str:
    """Format a probability as percent: neither 0 nor 100 % where that is not quite so."""
    if 0 < ratio < 0.01:
        return "less than 1 %"
    if 0.99 < ratio < 1:
        return "more than 99 %"
    return share(ratio)


def _unknown(name: str, question: str, why: str) -> Check:
    return Check(name=name, question=question, mark="unknown", answer=why)
