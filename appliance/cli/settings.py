"""Load the settings for whatever command: all commands mean the same database."""

from pathlib import Path
from typing import Any

from appliance.cli.options import overrides
from appliance.config.loading import LoadedSettings, Sources, load
from appliance.domain.enums import RunMode


def configured(
    config: tuple[str, ...], options: dict[str, Any], *, runmode: RunMode = RunMode.OTHER
) -> LoadedSettings:
    """Load the settings for a command that is not `trade`; it means the database that `trade` uses."""
    return load(Sources(config, overrides(options)), runmode=runmode, holds_trades=holds_trades)


def holds_trades(file: Path) -> bool:
    """Tell whether a database holds open trades; asked only where several could be meant."""
    from appliance.storage.inspection import holds_trades as look  # late: it loads sqlite3

    return look(file)
