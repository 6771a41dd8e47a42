"""Judge a search by its checks: one sentence, before all figures."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

import msgspec

from appliance.config.documented import doc
from appliance.reports.number_format import percent
from appliance.research.credibility.checks import OFTEN, Check, Mark
from appliance.research.credibility.examine import Examination

Judgement = Literal["nothing", "unclear", "luck", "doubtful", "credible"]

MARK_OF: Mapping[Judgement, Mark] = {
    "nothing": "bad",
    "unclear": "unknown",
    "luck": "bad",
    "doubtful": "doubtful",
    "credible": "good",
}


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """State what to think of a result."""

    judgement: Annotated[
        Judgement,
        doc("nothing: even the best lost; unclear: too little to tell; luck, doubtful, or credible."),
    ]
    sentence: Annotated[str, doc("The verdict in words.")]
    advice: Annotated[str, doc("What to do now.")]


def judged(found: Examination, checks: Sequence[Check]) -> Verdict:
    """Return the verdict. Luck and choice decide; anything else can only make a result doubtful."""
    marks = {check.name: check.mark for check in checks}
    made = found.record.outcome.final_balance - found.record.outcome.starting_balance
    if made <= 0:
        return _nothing(found)
    if marks["luck"] == "unknown" or (marks["trades"] == "bad" and marks["luck"] != "bad"):
        return _unclear(found)
    if "bad" in (marks["luck"], marks["choice"]):
        return _luck(found, marks)
    doubts = [check for check in checks if check.name != "risk" and check.mark in ("bad", "doubtful")]
    if doubts or marks["choice"] == "unknown":
        return _doubtful(doubts)
    return Verdict(
        judgement="credible",
        sentence="This result is probably more than luck: it stands out from what as many tries "
        "without an edge would find, and what the search chooses stays good where it has not looked.",
        advice="It is still made of the past. Test it by walk-forward, then in dry-run, before you risk "
        "money.",
    )


def _nothing(found: Examination) -> Verdict:
    outcome, trials = found.record.outcome, found.record.trials
    made = (
        percent(outcome.final_balance / outcome.starting_balance - 1)
        if outcome.starting_balance
        else "nothing"
    )
    return Verdict(
        judgement="nothing",
        sentence=f"This search found nothing: even the best of {trials:,} trials made {made}.",
        advice="More epochs will not help much. Change the strategy's idea, or the market that it trades.",
    )


def _unclear(found: Examination) -> Verdict:
    count = len(found.record.outcome.trades)
    return Verdict(
        judgement="unclear",
        sentence=f"There is too little to tell: {count} trade{'' if count == 1 else 's'} can be anything.",
        advice="Search over a longer time, or more pairs, until the best ones make 100 trades or more.",
    )


def _luck(found: Examination, marks: Mapping[str, Mark]) -> Verdict:
    trials = f"{found.record.trials + found.record.earlier_trials:,}"
    reasons = []
    if marks["luck"] == "bad":
        reasons.append(f"the best of {trials} tries without any edge would look about as good")
    if marks["choice"] == "bad" and found.overfitting is not None:
        loses = found.overfitting.probability < OFTEN
        worth = "mostly loses in the other" if loses else "is no better than others in the other"
        reasons.append(f"what the search finds best in one half of the time {worth}")
    return Verdict(
        judgement="luck",
        sentence=f"This result is probably luck: {', and '.join(reasons)}.",
        advice="Do not trade it. More trials make it worse, not better: take fewer parameters, more "
        "data, or another idea.",
    )


_DOUBTS = {
    "luck": "it is only a little better than luck alone would be",
    "choice": "what is best in one half of the time is not reliably good in the other",
    "unseen": "the search does not win reliably where it has not looked",
    "neighbours": "parameters beside the best ones are clearly worse",
    "histories": "it does not win reliably when the days come in another order",
    "trades": "there are few trades",
}


def _doubtful(doubts: Sequence[Check]) -> Verdict:
    reasons = [_DOUBTS[check.name] for check in doubts] or ["its choice could not be cross-validated"]
    text = reasons[0] if len(reasons) == 1 else f"{', '.join(reasons[:-1])}, and {reasons[-1]}"
    return Verdict(
        judgement="doubtful",
        sentence=f"This result may be luck: {text}.",
        advice="Test it on time that no search has seen (walk-forward, dry-run) before you believe it.",
    )
