"""Load the settings for commands, which all use the same database."""

from collections.abc import Mapping
from pathlib import Path

from appliance.cli.options import overrides
from appliance.config.loading import LoadedSettings, Sources, load
from appliance.domain.enums import RunMode
from appliance.domain.json_value import Json


def configured(
    config: tuple[str, ...], options: Mapping[str, Json], *, runmode: RunMode = RunMode.OTHER
) -> LoadedSettings:
    """Load the settings for a command other than `trade`, with the database that `trade` uses."""
    return load(Sources(config, overrides(options)), runmode=runmode, holds_trades=holds_trades)


def holds_trades(file: Path) -> bool:
    """Return whether a database holds open trades; called only if several databases exist."""
    from appliance.storage import inspection  # late: it loads sqlite3

    return inspection.holds_trades(file)
