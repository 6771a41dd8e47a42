"""Load the settings of a task: as a command would, from the sources of the server."""

from collections.abc import Mapping
from typing import Any

from appliance.config.loading import LoadedSettings, Sources, load
from appliance.domain.enums import RunMode
from appliance.domain.errors import StrategyNotFound
from appliance.exchange.factory import check_name

Arguments = Mapping[str, Any]
"""What a task is given, from JSON; `sources` says where the server has its configuration from."""

_CREDENTIALS = ("key", "secret", "password", "uid", "walletAddress", "privateKey")
_LONGEST_NAME = 200


def settings_of(arguments: Arguments, runmode: RunMode, **changes: Any) -> LoadedSettings:
    """Load the settings, with `changes` by dotted key path, as of a command line. Raises ConfigurationError.

    Files are read again, so they are as they are now. The keys of the exchange's account are left out.
    """
    given = arguments["sources"]
    overrides = {**given["overrides"], **changes, **{f"exchange.{name}": "" for name in _CREDENTIALS}}
    return load(Sources(tuple(given["config"]), overrides, given["stdin"]), runmode=runmode)


def checked_strategy(name: str) -> str:
    """Return a name that is one of a class. Raises StrategyNotFound for any other.

    On the command line a strategy may also be a file, or code in the name: not in a request.
    """
    if not (name.isidentifier() and len(name) <= _LONGEST_NAME):
        raise StrategyNotFound("There is no strategy of that name: expected that of a class")
    return name


def of_exchange(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings that a request changes by `exchange`, `trading_mode` and `margin_mode`.

    Raises ConfigurationError for an unknown exchange: folders are named after it.
    """
    changes: dict[str, Any] = {}
    if asked.get("exchange"):
        check_name(asked["exchange"])
        changes["exchange.name"] = asked["exchange"]
        changes["datadir"] = None  # the configured one is that of another exchange
    if asked.get("trading_mode"):
        changes["trading_mode"] = asked["trading_mode"]
        changes["margin_mode"] = "isolated" if asked["trading_mode"] == "futures" else ""
    if asked.get("margin_mode"):
        changes["margin_mode"] = asked["margin_mode"]
    return changes
