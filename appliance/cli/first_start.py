"""Start without any configuration: make one, and say once how to log in."""

from collections.abc import Iterator
from pathlib import Path

from appliance.config.loading import LoadedSettings
from appliance.config.paths import default_files
from appliance.config.starter import as_text, new_configuration
from appliance.config.userdir import make_user_data, write_private


def needs_first_start(userdir: Path) -> bool:
    """Whether there is no configuration where one is looked for without -c."""
    return not default_files(str(userdir))


def first_start(userdir: Path) -> None:
    """Write a configuration for play money on the simulated market. Raises `ConfigurationError`."""
    make_user_data(userdir)
    write_private(userdir / "config.json", as_text(new_configuration()))


def login_lines(loaded: LoadedSettings, *, new: bool) -> Iterator[str]:
    """Say where the dashboard is and, the first time only, with which password it opens."""
    server = loaded.settings.api_server
    if not server.enabled:
        return
    if not new:
        yield f"Dashboard: {server.url}"
        return
    yield "There was no configuration, so here is one. It trades play money on a simulated market."
    yield ""
    yield f"  Dashboard      {server.url}"
    yield f"  User           {server.username}"
    yield f"  Password       {server.password}"
    yield f"  Configuration  {', '.join(str(file.absolute()) for file in loaded.files)}"
    yield ""
    yield "The password is in the configuration too; it is not shown again."
