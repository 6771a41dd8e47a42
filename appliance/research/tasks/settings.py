"""Load the settings of a task: as a command would, from the sources of the server."""

from collections.abc import Mapping
from typing import Any

from appliance.config.loading import LoadedSettings, Sources, load
from appliance.domain.enums import RunMode

Arguments = Mapping[str, Any]
"""What a task is given, from JSON; `sources` says where the server has its configuration from."""

_CREDENTIALS = ("key", "secret", "password", "uid", "walletAddress", "privateKey")


def settings_of(arguments: Arguments, runmode: RunMode, **changes: Any) -> LoadedSettings:
    """Load the settings, with `changes` by dotted key path, as of a command line. Raises ConfigurationError.

    Files are read again, so they are as they are now. The keys of the exchange's account are left out.
    """
    given = arguments["sources"]
    overrides = {**given["overrides"], **changes, **{f"exchange.{name}": "" for name in _CREDENTIALS}}
    return load(Sources(tuple(given["config"]), overrides, given["stdin"]), runmode=runmode)
