"""The verdict on a search whose truth is known."""

import numpy as np
import pytest

from appliance.research.credibility.checks import checks_of
from appliance.research.credibility.examine import Examination, Histories, examined
from appliance.research.credibility.record import SearchRecord
from appliance.research.credibility.verdict import Verdict, judged
from tests.research.credibility.made import around, noise, outcome, planted, search


def verdict(record: SearchRecord, **found: object) -> Verdict:
    examination = examined(record, **found)  # type: ignore[arg-type]
    return judged(examination, list(checks_of(examination)))


def test_a_search_whose_best_loses_found_nothing() -> None:
    losing = search(edge=-0.02, found_by=60)
    found = verdict(losing)
    assert found.judgement == "nothing"
    assert "even the best of 60 trials made −" in found.sentence


def test_a_search_without_a_single_trade_is_no_error() -> None:
    idle = search(trials=3, returns=np.zeros((3, 256), np.float32), best=0, outcome=outcome(np.zeros(0)))
    assert verdict(idle).judgement == "nothing"


def test_a_single_trial_over_one_day_is_no_error() -> None:
    one = search(trials=1, days=1, edge=0.1, found_by=1)
    assert verdict(one).judgement == "unclear"


def test_a_handful_of_trades_is_too_little_to_tell() -> None:
    few = search(edge=0.01)
    few.outcome.trades[20:] = []
    assert verdict(few).judgement == "unclear"


def test_what_was_found_in_noise_is_probably_luck() -> None:
    found = [judged(one, list(checks_of(one))).judgement for one in noise()]
    assert found.count("luck") >= 5
    assert "credible" not in found
    assert verdict(search()).sentence.startswith("This result is probably luck: the best of 60 tries")


def test_what_was_found_by_a_planted_edge_is_more_than_luck() -> None:
    for found in planted():
        assert judged(found, list(checks_of(found))).judgement == "credible"


def test_an_edge_that_barely_beats_luck_is_doubtful() -> None:
    found = verdict(search(edge=0.0012, found_by=3, seed=3))
    assert found.judgement == "doubtful"
    assert found.sentence.startswith("This result may be luck: ")


def test_many_trials_of_earlier_searches_make_a_result_less_credible() -> None:
    record = search(edge=0.0024, seed=1)
    alone = examined(record)
    after_many = examined(search(edge=0.0024, seed=1, earlier_trials=50_000))
    assert after_many.independent > 100 * alone.independent
    assert after_many.deflated.probability < alone.deflated.probability
    assert "50,060 trials" in next(checks_of(after_many)).answer


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        ({"neighbourhood": around(kept=0.1)}, "parameters beside the best ones are clearly worse"),
        (
            {"histories": Histories(np.full(20, -0.1))},
            "it does not win reliably when the days come in another",
        ),
    ],
)
def test_a_peak_or_other_histories_make_a_credible_result_doubtful(found: dict, reason: str) -> None:
    got = verdict(search(edge=0.004), **found)
    assert got.judgement == "doubtful"
    assert reason in got.sentence


def test_the_same_search_is_judged_the_same_twice() -> None:
    def texts(found: Examination) -> list[str]:
        return [check.answer for check in checks_of(found)]

    assert texts(examined(search())) == texts(examined(search()))
