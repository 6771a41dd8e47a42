import pytest

from appliance.domain.errors import ConfigurationError
from appliance.research.hyperopt.plan import search_plan


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"hyperopt_loss": None}, "--hyperopt-loss: missing; expected one of ShortTradeDur"),
        ({"hyperopt_loss": "SharpLoss"}, "found SharpLoss; did you mean Sharpe"),
        ({"strategy_list": ["A", "B"]}, "one strategy is searched at a time"),
        ({"epochs": 0}, "epochs"),
        ({"spaces": [3]}, "spaces"),
    ],
)
def test_what_cannot_be_searched_is_named(workspace, given, named):
    with pytest.raises(ConfigurationError, match=named):
        search_plan(workspace.loaded(**given))


def test_a_search_of_exits_uses_exit_signals_and_one_of_protections_applies_these(workspace):
    workspace.strategy(attributes="use_exit_signal = False")
    plan = workspace.plan(spaces=["sell", "protection"])
    assert plan.candidate.strategy.use_exit_signal is True
    assert plan.backtest.options.enable_protections is True


def test_without_a_seed_every_search_has_another(workspace):
    loaded = workspace.loaded(hyperopt_random_state=None)
    assert len({search_plan(loaded).seed for _ in range(4)}) > 1


@pytest.mark.parametrize(("asked", "jobs"), [(3, 3), (1, 1), (-100, 1)])
def test_jobs_are_as_many_as_asked_for_at_least_one(workspace, asked, jobs):
    assert workspace.plan(hyperopt_jobs=asked).jobs == jobs


def test_pair_lists_are_evaluated_only_once(workspace, caplog):
    workspace.config["enable_dynamic_pairlist"] = True
    assert not workspace.plan().backtest.options.enable_dynamic_pairlist
    assert "enable_dynamic_pairlist has no effect in searches" in caplog.text
