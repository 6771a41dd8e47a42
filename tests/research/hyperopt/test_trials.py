import pytest
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

from appliance.domain.errors import ConfigurationError
from appliance.research.hyperopt.sampler import SAMPLERS, at_once, sampler_of
from appliance.research.hyperopt.trials import Trials, distribution
from appliance.strategy.dimensions import Categorical, Integer, Real, SKDecimal


@pytest.mark.parametrize(
    ("dimension", "expected"),
    [
        (Integer(1, 9, "n", log=True), IntDistribution(1, 9, log=True)),
        (Real(0.5, 2.0, "x"), FloatDistribution(0.5, 2.0)),
        (SKDecimal(0.1, 0.2, decimals=2, name="d"), FloatDistribution(0.1, 0.2, step=0.01)),
        (SKDecimal(0.0, 1.0, step=0.25, name="s"), FloatDistribution(0.0, 1.0, step=0.25)),
        (Categorical(["a", "b"], "c"), CategoricalDistribution(["a", "b"])),
        (IntDistribution(1, 2), IntDistribution(1, 2)),
    ],
)
def test_dimensions_are_those_of_optuna(dimension, expected):
    assert distribution(dimension) == expected


@pytest.mark.parametrize("dimension", [Integer(9, 1, "n"), Categorical([], "c"), "buy"])
def test_what_cannot_be_searched_is_refused(dimension):
    with pytest.raises(ConfigurationError):
        distribution(dimension)


def test_values_are_never_drawn_twice():
    trials = Trials([Integer(1, 5, "n")], sampler_of("RandomSampler", 1))
    found = [params["n"] for _ in range(4) for _, params in trials.ask(2)]
    assert sorted(found) == [1, 2, 3, 4, 5]
    assert trials.repeated


def test_a_loss_that_is_no_number_does_not_count():
    trials = Trials([Real(0, 1, "x")], sampler_of("TPESampler", 1))
    for number, _ in trials.ask(3):
        trials.tell(number, float("nan"))
    assert len(trials.ask(2)) == 2


def test_samplers_that_need_other_packages_say_which():
    with pytest.raises(ConfigurationError, match="needs cmaes: `appliance packages install cmaes`"):
        sampler_of("CmaEsSampler", 1)


def test_an_unknown_sampler_is_named_with_those_that_there_are():
    with pytest.raises(ConfigurationError, match=r"expected one of TPESampler.*found ET"):
        sampler_of("ET", 1)


def test_the_batch_does_not_depend_on_a_few_jobs():
    assert "NSGAIIISampler" in SAMPLERS
    assert {at_once(sampler_of("NSGAIIISampler", 1), jobs) for jobs in (1, 2, 16, 30)} == {30}
    assert {at_once(sampler_of("TPESampler", 1), jobs) for jobs in (1, 8)} == {10}
    assert at_once(sampler_of("TPESampler", 1), 64) == 64
