"""State what is searched: a strategy, loaded for a search, the options, and the loss."""

import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from appliance.config.loading import LoadedSettings
from appliance.domain.errors import ConfigurationError
from appliance.research.backtest.plan import Plan, planned
from appliance.research.forked import usable_cores
from appliance.research.hyperopt.losses.choice import loss_named
from appliance.research.hyperopt.options import SearchOptions
from appliance.research.hyperopt.spaces.choice import is_chosen

if TYPE_CHECKING:
    from appliance.research.backtest.plan import Candidate
    from appliance.research.hyperopt.losses.judged import Loss

_LARGEST_SEED = 2**16 - 1


@dataclass(frozen=True, kw_only=True)
class SearchPlan:
    """State what is searched. `seed` decides every sampled value."""

    backtest: Plan
    options: SearchOptions
    loss: "Loss"
    seed: int

    @property
    def candidate(self) -> "Candidate":
        return self.backtest.candidates[0]

    @property
    def jobs(self) -> int:
        """How many epochs are evaluated at once: as many as cores, or as the option says."""
        asked = self.options.hyperopt_jobs
        if self.options.scheduler:  # the cores that count are elsewhere
            return max(1, asked)
        return max(1, asked if asked > 0 else usable_cores() + 1 + asked)

    @property
    def name(self) -> str:
        return self.candidate.name


def search_plan(loaded: LoadedSettings) -> SearchPlan:
    """Load strategy and loss. The settings have to be loaded for the run mode `hyperopt`.

    Raises ConfigurationError, StrategyError.
    """
    options = SearchOptions.of(loaded.raw)
    if loaded.raw.get("strategy_list"):
        raise ConfigurationError("strategy_list: one strategy is searched at a time: name it with -s")
    raw = dict(loaded.raw)
    raw["spaces"] = list(options.spaces)
    if is_chosen("sell", options.spaces):
        raw["use_exit_signal"] = True
    if is_chosen("protection", options.spaces):
        raw["enable_protections"] = True
    loaded = replace(loaded, raw=raw)
    plan = planned(loaded)
    loss = loss_named(options.hyperopt_loss, loaded.user_data_dir, options.hyperopt_path, plan.timeframe)
    seed = options.hyperopt_random_state or 1 + int.from_bytes(os.urandom(8), "big") % _LARGEST_SEED
    return SearchPlan(backtest=plan, options=options, loss=loss, seed=seed)
