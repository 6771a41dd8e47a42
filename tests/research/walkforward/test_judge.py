"""The verdict on a walk forward."""

from appliance.research.credibility.verdict import Verdict
from appliance.research.walkforward.combined import combined, steadiness
from appliance.research.walkforward.judge import checks_of, judged
from appliance.research.walkforward.result import WindowResult
from tests.research.walkforward.made import daily, nothing_found, results


def verdict(walk: list[WindowResult]) -> Verdict:
    found = combined(walk, 300, compounding=False)
    return judged(found, walk, list(checks_of(found, steadiness(walk))))


def test_searches_that_find_nothing_of_use_are_told() -> None:
    found = verdict([nothing_found(one) for one in results([0.1], [0.1])])
    assert found.judgement == "nothing"
    assert "in none of 2 windows" in found.sentence


def test_a_loss_on_new_time_is_luck_before() -> None:
    found = verdict(results([-0.1], [0.02], [-0.05]))
    assert found.judgement == "luck"
    assert "made −13.00 % in the 30 days after" in found.sentence


def test_a_loss_has_kept_nothing() -> None:
    found = combined(results([-0.1]), 300, compounding=False)
    efficiency = list(checks_of(found, {}))[1]
    assert efficiency.answer.startswith(
        "Nothing: −365 % a year where it was tested, +365 % where it was chosen"
    )


def test_a_profit_of_a_few_trades_is_too_little_to_tell() -> None:
    assert verdict(results([0.1], [0.1], [0.1])).judgement == "unclear"


def test_a_profit_that_is_little_of_what_was_promised_is_doubtful() -> None:
    walk = results(*(daily(0.003, seed=seed) for seed in range(12)), inside=2.0)
    found = verdict(walk)
    assert found.judgement == "doubtful"
    assert "little is left of what the searches promised" in found.sentence


def test_a_profit_that_lasts_holds_so_far() -> None:
    found = verdict(results(*(daily(0.005, seed=seed) for seed in range(12)), inside=0.15))
    assert found.judgement == "credible"
    assert found.sentence.startswith("This holds so far")
