"""Start without a configuration: create one, and print the login once."""

from collections.abc import Iterator
from pathlib import Path

from appliance.config.loading import LoadedSettings
from appliance.config.paths import default_files
from appliance.config.starter import as_text, new_configuration
from appliance.config.userdir import make_user_data, write_private


def needs_first_start(userdir: Path) -> bool:
    """Return whether there is no configuration in the default places."""
    return not default_files(str(userdir))


def first_start(userdir: Path) -> None:
    """Write a configuration for dry-run on the simulated exchange. Raises `ConfigurationError`."""
    make_user_data(userdir)
    write_private(userdir / "config.json", as_text(new_configuration()))


def created_lines(loaded: LoadedSettings) -> Iterator[str]:
    """Yield what the first start has created: the login is in that file even if the start fails."""
    yield "Created a new configuration for dry-run on the simulated exchange:"
    yield f"  {', '.join(str(file.absolute()) for file in loaded.files)}"


def login_lines(loaded: LoadedSettings, *, new: bool) -> Iterator[str]:
    """Yield the address of the dashboard and, the first time only, the login: once the server listens."""
    server = loaded.settings.api_server
    if not server.enabled:
        return
    if not new:
        yield f"Dashboard: {server.url}"
        return
    yield ""
    yield f"  Dashboard      {server.url}"
    yield f"  User           {server.username}"
    yield f"  Password       {server.password}"
    yield ""
    yield "The password is also in the configuration; it is not shown again."
