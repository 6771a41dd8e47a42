"""Load the settings for commands, which all use the same database."""

from pathlib import Path
from typing import Any

from appliance.cli.options import overrides
from appliance.config.loading import LoadedSettings, Sources, load
from appliance.domain.enums import RunMode


def configured(
    config: tuple[str, ...], options: dict[str, Any], *, runmode: RunMode = RunMode.OTHER
) -> LoadedSettings:
    """Load the settings for a command other than `trade`, with the database that `trade` uses."""
    return load(Sources(config, overrides(options)), runmode=runmode, holds_trades=holds_trades)


def holds_trades(file: Path) -> bool:
    """Return whether a database holds open trades; called only if several databases exist."""
    from appliance.storage import inspection

    return inspection.holds_trades(file)
