"""`appliance packages`: manage Python packages that strategies need."""

import click

from appliance.cli.books.offline_database import note
from appliance.cli.options import configuration_options
from appliance.cli.settings import configured
from appliance.config.loading import LoadedSettings
from appliance.domain.enums import RunMode
from appliance.domain.errors import PackageError
from appliance.domain.json_value import Json, JsonObject
from appliance.ops import pip
from appliance.strategy.loading.packages import package_folder


@click.group()
def packages() -> None:
    """Install, list and remove Python packages for strategies, in a folder of the bot.

    The packages of the program have precedence; they are neither replaced nor changed.
    """


@packages.command()
@configuration_options
@click.argument("names", nargs=-1, required=True, metavar="NAME…")
def install(names: tuple[str, ...], config: tuple[str, ...], **options: Json) -> None:
    """Install packages by name, e.g. technical or ft-pandas-ta, with their dependencies."""
    loaded = _loaded(config, options)
    folder = package_folder(loaded.user_data_dir)
    runner = pip.Pip(folder)
    missing = runner.missing(names)
    if not missing:
        click.echo(f"Already there: {', '.join(names)}")
        return
    note(loaded, f"packages install {' '.join(missing)}")
    for package in runner.install(missing):
        click.echo(f"Installed {package.name} {package.version}")
    click.echo(f"in {folder}; a running bot uses them after a reload.")


@packages.command("list")
@configuration_options
def list_packages(config: tuple[str, ...], **options: Json) -> None:
    """List the packages in the folder of the bot."""
    folder = package_folder(_loaded(config, options).user_data_dir)
    installed = pip.installed(folder)
    if not installed:
        click.echo(f"No packages in {folder}")
    for package in installed:
        click.echo(f"{package.name} {package.version}")


@packages.command()
@configuration_options
@click.argument("names", nargs=-1, required=True, metavar="NAME…")
def remove(names: tuple[str, ...], config: tuple[str, ...], **options: Json) -> None:
    """Remove packages from the folder of the bot; their dependencies stay."""
    loaded = _loaded(config, options)
    folder = package_folder(loaded.user_data_dir)
    note(loaded, f"packages remove {' '.join(names)}")
    for name in names:
        package = pip.remove(folder, name)
        if package is None:
            present = ", ".join(package.name for package in pip.installed(folder)) or "none"
            raise PackageError(f"there is no package '{name}' in {folder}; installed: {present}")
        click.echo(f"Removed {package.name} {package.version}")


def _loaded(config: tuple[str, ...], options: JsonObject) -> LoadedSettings:
    return configured(config, options, runmode=RunMode.UTIL_NO_EXCHANGE)
