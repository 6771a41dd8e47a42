"""Plan what a command tests: strategies one by one, or all that are named."""

import copy
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec

from appliance.domain.errors import ConfigurationError
from appliance.research.backtest.plan import Plan, planned

if TYPE_CHECKING:
    from appliance.config.loading import LoadedSettings

UNTRADED = {
    "dry_run_wallet": 1e9,
    "stake_amount": "unlimited",
    "entry_pricing.price_side": "other",
    "exit_pricing.price_side": "other",
}
"""Settings, by dotted key path, with which nothing that concerns trades keeps an analysis from running."""


def planned_with_hint(loaded: "LoadedSettings") -> Plan:
    """Return the plan. Without a configuration, the error says how to get one. Raises as `planned`."""
    try:
        return planned(loaded)
    except ConfigurationError as error:
        if loaded.files:
            raise
        hint = f"no configuration in {loaded.user_data_dir}: name one with -c, or write one with `new-config`"
        raise ConfigurationError(hint, *error.problems) from error


def one_by_one(loaded: "LoadedSettings") -> Iterator[tuple[str, "LoadedSettings"]]:
    """Yield each strategy that is named, with settings that name it alone."""
    names = loaded.raw.get("strategy_list") or [loaded.settings.strategy or ""]
    for name in names:
        raw = {**copy.deepcopy(loaded.raw), "strategy": name}
        raw.pop("strategy_list", None)
        yield name, replace(loaded, raw=raw, settings=msgspec.structs.replace(loaded.settings, strategy=name))
