"""`appliance install-ui`: serve FreqUI, too."""

from pathlib import Path

import click

from appliance.cli.options import configuration_options
from appliance.cli.settings import configured
from appliance.config.userdir import FREQUI_FOLDER
from appliance.domain.enums import RunMode
from appliance.domain.errors import ConfigurationError
from appliance.domain.json_value import Json
from appliance.ops import frequi_release

_NOTHING_NAMED = (
    "nothing is downloaded: get freqUI.zip of a release (github.com/freqtrade/frequi/releases), then run "
    "`appliance install-ui freqUI.zip`; the built-in dashboard needs none of this"
)


@click.command("install-ui")
@configuration_options
@click.option("--erase", is_flag=True, help="Remove the installed FreqUI.")
@click.argument("release", required=False, type=click.Path(path_type=Path), metavar="FILE.zip|FOLDER")
def install_ui(release: Path | None, erase: bool, config: tuple[str, ...], **options: Json) -> None:
    """Install a release of FreqUI that you have; it is served at /ui/ beside the dashboard.

    With `start_page: frequi` in `api_server` it is served at /, as freqtrade does.
    """
    loaded = configured(config, options, runmode=RunMode.UTIL_NO_EXCHANGE)
    folder = loaded.user_data_dir / FREQUI_FOLDER
    if erase:
        there = frequi_release.remove(folder)
        click.echo(f"Removed {folder}" if there else f"FreqUI is not installed in {folder}")
        return
    if release is None:
        raise ConfigurationError(_NOTHING_NAMED)
    number = frequi_release.install(release.expanduser(), folder)
    at_root = loaded.settings.api_server.start_page == "frequi"
    address = f"{loaded.settings.api_server.url}{'/' if at_root else '/ui/'}"
    click.echo(f"Installed {number} files in {folder}. FreqUI is at {address} of the running bot.")
