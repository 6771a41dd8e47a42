"""Judge a walk forward: whether what searches choose is worth anything afterwards."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from appliance.reports.number_format import percent, share
from appliance.research.credibility.checks import Check, Mark, ratio_text
from appliance.research.credibility.verdict import Verdict
from appliance.research.walkforward.combined import Combined
from appliance.research.walkforward.result import WindowResult

CERTAIN, LIKELY = 0.95, 0.8
KEPT, LITTLE = 0.5, 0.25
FEW_TRADES, ENOUGH_TRADES = 30, 100
FEWEST_WINDOWS = 3
STEADY, UNSTEADY = 0.6, 0.3


def checks_of(found: Combined, steadiness: Mapping[str, float]) -> Iterator[Check]:
    """Yield the questions and answers, the most important ones first."""
    yield _profit(found)
    yield _efficiency(found)
    yield _windows(found)
    yield _certainty(found)
    yield _trades(found)
    yield _parameters(steadiness)
    yield _risk(found)


def judged(found: Combined, results: Sequence[WindowResult], checks: Sequence[Check]) -> Verdict:
    """Return the verdict. Money lost after the searches is the end of it; doubts are added up."""
    marks = {check.name: check.mark for check in checks}
    if all(one.params is None for one in results):
        return Verdict(
            judgement="nothing",
            sentence=f"No search found anything of use, in none of {len(results)} windows.",
            advice="Change the strategy's idea, its spaces, or the market that it trades.",
        )
    if found.profit <= 0:
        return Verdict(
            judgement="luck",
            sentence=f"What the searches find is luck: what they chose made {percent(found.profit)} in the "
            f"{found.days:.0f} days after; in the time by which it was chosen, it made "
            f"{percent(found.inside_a_year, 0)} a year.",
            advice="Do not trade it: the future, too, is time that no search has seen.",
        )
    if marks["trades"] == "bad" or found.tested < FEWEST_WINDOWS:
        return Verdict(
            judgement="unclear",
            sentence=f"There is too little to tell: {found.trades:,} trades in {found.tested} windows.",
            advice="Walk over a longer time, or more pairs.",
        )
    doubts = [
        _DOUBTS[check.name] for check in checks if check.name in _DOUBTS and check.mark in ("bad", "doubtful")
    ]
    if doubts:
        text = doubts[0] if len(doubts) == 1 else f"{', '.join(doubts[:-1])}, and {doubts[-1]}"
        return Verdict(
            judgement="doubtful",
            sentence=f"This may not hold: {text}.",
            advice="Wait for more time to test it on (dry-run), before you believe it.",
        )
    return Verdict(
        judgement="credible",
        sentence=f"This holds so far: what the searches chose made {percent(found.profit)} in the "
        f"{found.days:.0f} days after, which none of them had seen.",
        advice="Trade it in dry-run with parameters searched anew as often as here, before you risk money.",
    )


_DOUBTS = {
    "efficiency": "little is left of what the searches promised",
    "windows": "it won in too few windows",
    "certainty": "what it made afterwards could be chance",
    "trades": "there are few trades",
}


def _profit(found: Combined) -> Check:
    mark: Mark = "good" if found.profit > 0 else "bad"
    told = (
        f"{'Yes' if mark == 'good' else 'No'}: {percent(found.profit)} in {found.days:.0f} days, a Sharpe "
        f"ratio of {ratio_text(found.sharpe)} a year."
    )
    return Check(
        name="profit", question="Does it make money on time that was not searched?", mark=mark, answer=told
    )


def _efficiency(found: Combined) -> Check:
    kept, question = found.efficiency, "How much is left of what the searches promised?"
    if kept is None:
        return Check(name="efficiency", question=question, mark="unknown", answer="They promised nothing.")
    mark: Mark = "good" if kept >= KEPT else "doubtful" if kept >= LITTLE else "bad"
    told = (
        f"{kept_text(kept)}: {percent(found.outside_a_year, 0)} a year where it was tested, "
        f"{percent(found.inside_a_year, 0)} where it was chosen. One half is a usual demand."
    )
    return Check(name="efficiency", question=question, mark=mark, answer=told)


def kept_text(kept: float | None) -> str:
    """Format the efficiency: a loss has kept nothing."""
    return "Nothing" if kept is not None and kept <= 0 else percent(kept, 0).lstrip("+")


def _windows(found: Combined) -> Check:
    part = found.won / found.tested
    mark: Mark = "good" if part >= 0.6 else "doubtful" if part >= 0.5 else "bad"
    told = f"{found.won} of {found.tested} windows ended with a profit."
    return Check(name="windows", question="Does it win again and again?", mark=mark, answer=told)


def _certainty(found: Combined) -> Check:
    mark: Mark = "good" if found.certainty >= CERTAIN else "doubtful" if found.certainty >= LIKELY else "bad"
    told = f"The probability that its true Sharpe ratio is above zero is {share(found.certainty)}."
    return Check(name="certainty", question="Is that more than chance?", mark=mark, answer=told)


def _trades(found: Combined) -> Check:
    mark: Mark = (
        "good" if found.trades >= ENOUGH_TRADES else "doubtful" if found.trades >= FEW_TRADES else "bad"
    )
    told = f"{found.trades:,} trades in {found.days:.0f} days."
    return Check(name="trades", question="Are there enough trades to tell?", mark=mark, answer=told)


def _parameters(steadiness: Mapping[str, float]) -> Check:
    question = "Do the searches choose similar parameters each time?"
    if not steadiness:
        return Check(
            name="parameters", question=question, mark="unknown", answer="There are too few windows."
        )
    mean = float(np.mean(list(steadiness.values())))
    mark: Mark = "good" if mean >= STEADY else "doubtful"
    word = "Yes" if mean >= STEADY else "Partly" if mean >= UNSTEADY else "No"
    steady, restless = (choose(steadiness, key=steadiness.__getitem__) for choose in (max, min))
    told = f"{word}: on a scale from 0, as if drawn at random, to 1, always the same, it is {mean:.2f}"
    if len(steadiness) > 1:
        told += f"; {steady} stays most, {restless} least"
    return Check(name="parameters", question=question, mark=mark, answer=f"{told}.")


def _risk(found: Combined) -> Check:
    question = "How deep can the account fall with these very trades?"
    orders = found.orders
    if not orders.trades:
        return Check(name="risk", question=question, mark="unknown", answer="There are no trades.")
    usual, deep = (float(value) for value in np.percentile(orders.falls, (50, 95)))
    mark: Mark = "good" if deep < 0.25 else "doubtful" if deep < 0.5 else "bad"
    told = (
        f"By {100 * orders.observed_fall:.1f} % as they came, by {100 * usual:.1f} % in the middle of other "
        f"orders, and in one of twenty by more than {100 * deep:.1f} %."
    )
    return Check(name="risk", question=question, mark=mark, answer=told)
