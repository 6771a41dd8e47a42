"""`appliance version`: show versions."""

import importlib.metadata
import platform

import click

from appliance import __version__

_SHOWN = ("ccxt", "aiohttp", "pandas", "ta-lib")


@click.command()
def version() -> None:
    """Show the versions of the program and its main dependencies."""
    click.echo(f"appliance {__version__}")
    click.echo(f"python {platform.python_version()} on {platform.system()} {platform.machine()}")
    for name in _SHOWN:
        try:
            click.echo(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            click.echo(f"{name} is not installed")
