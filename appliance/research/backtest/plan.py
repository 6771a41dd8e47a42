"""State what is tested: the strategies, loaded, and what they have in common."""

import copy
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from appliance.config.loading import LoadedSettings, with_strategy
from appliance.domain.errors import ConfigurationError
from appliance.research.backtest.options import BacktestOptions
from appliance.research.backtest.preflight import check_range, check_settings, check_timeframes
from appliance.research.timerange import TimeRange
from appliance.strategy.loading.loader import load_strategy, search_folders
from appliance.strategy.loading.packages import make_importable, package_folder

if TYPE_CHECKING:
    from appliance.strategy.interface import IStrategy


@dataclass(frozen=True)
class Candidate:
    """Hold a strategy to test, and the settings with what it decides."""

    strategy: "IStrategy"
    loaded: LoadedSettings

    @property
    def name(self) -> str:
        return type(self.strategy).__name__

    @property
    def source(self) -> Path:
        return Path(self.strategy.__file__)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """State what is tested: strategies, the time frame of all, and how many candles they need before."""

    loaded: LoadedSettings
    options: BacktestOptions
    candidates: tuple[Candidate, ...]
    timeframe: str
    startup: int


def planned(loaded: LoadedSettings) -> Plan:
    """Load the strategies to test. Raises ConfigurationError, StrategyError."""
    options = BacktestOptions.of(loaded.raw)
    check_settings(loaded, options)
    check_range(TimeRange.parse(options.timerange))
    candidates = tuple(_candidates(loaded, options))
    first = candidates[0]
    startup = max(candidate.strategy.startup_candle_count for candidate in candidates)
    loaded.raw["startup_candle_count"] = startup
    timeframe = first.loaded.settings.timeframe or first.strategy.timeframe
    check_timeframes(timeframe, options)
    return Plan(
        loaded=loaded,
        options=options,
        candidates=candidates,
        timeframe=timeframe,
        startup=startup,
    )


def _candidates(loaded: LoadedSettings, options: BacktestOptions) -> Iterator[Candidate]:
    settings = loaded.settings
    if not options.strategy_list:
        yield _loaded(settings.strategy or "", loaded)
        return
    if not settings.timeframe:
        raise ConfigurationError(
            "timeframe: several strategies need the same one, in the configuration or by --timeframe, e.g. 5m"
        )
    for name in options.strategy_list:
        yield _loaded(name, replace(loaded, raw={**copy.deepcopy(loaded.raw), "strategy": name}))


def _loaded(name: str, loaded: LoadedSettings) -> Candidate:
    settings = loaded.settings
    extra = Path(settings.strategy_path).expanduser() if settings.strategy_path else None
    make_importable(package_folder(loaded.user_data_dir))
    folders = search_folders(loaded.user_data_dir, extra, recursive=settings.recursive_strategy_search)
    strategy = load_strategy(name, dirs=folders, config=loaded.raw)
    return Candidate(strategy, with_strategy(loaded, type(strategy).__name__))
