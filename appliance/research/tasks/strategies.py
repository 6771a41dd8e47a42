"""Answer about strategies: their names, code, parameters and plots."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from appliance.domain.enums import RunMode
from appliance.reports.views.json_values import plain
from appliance.reports.views.strategy import StrategyResponse, parameters_shown
from appliance.research.tasks.settings import Arguments, checked_strategy, settings_of
from appliance.strategy.loading.loader import list_strategies, load_strategy, search_folders
from appliance.strategy.loading.packages import make_importable, package_folder

if TYPE_CHECKING:
    from appliance.config.loading import LoadedSettings
    from appliance.research.jobs.report import Report
    from appliance.strategy.interface import IStrategy


def names(arguments: Arguments, report: "Report") -> bytes:
    """Return the names of the strategies that can be loaded."""
    loaded = settings_of(arguments, RunMode.UTIL_NO_EXCHANGE)
    found = list_strategies(_folders(loaded), loaded.raw)
    usable = sorted({listing.name for listing in found if listing.status == "OK"})
    return msgspec.json.encode({"strategies": usable})


def shown(arguments: Arguments, report: "Report") -> bytes:
    """Return code and parameters of a strategy. Raises StrategyError."""
    strategy = _loaded(arguments)
    answer = StrategyResponse(
        strategy=type(strategy).__name__,
        timeframe=getattr(strategy, "timeframe", None),
        code=strategy.__source__,
        params=parameters_shown(parameter for _, parameter in strategy.enumerate_parameters()),
    )
    return msgspec.json.encode(answer)


def plot_config(arguments: Arguments, report: "Report") -> bytes:
    """Return what a strategy wants to be drawn. Raises StrategyError."""
    config: dict[str, Any] = plain(_loaded(arguments).plot_config or {})
    return msgspec.json.encode(config and {"subplots": {}} | config)


def _loaded(arguments: Arguments) -> "IStrategy":
    name = checked_strategy(arguments["strategy"])
    loaded = settings_of(arguments, RunMode.UTIL_NO_EXCHANGE, strategy=name)
    return load_strategy(name, dirs=_folders(loaded), config=loaded.raw)


def _folders(loaded: "LoadedSettings") -> list[Path]:
    settings = loaded.settings
    make_importable(package_folder(loaded.user_data_dir))
    extra = Path(settings.strategy_path).expanduser() if settings.strategy_path else None
    return search_folders(loaded.user_data_dir, extra, recursive=settings.recursive_strategy_search)
