"""`appliance create-userdir`: create the user data folder."""

import shutil
from pathlib import Path

import click

from appliance.config.userdir import make_user_data
from appliance.domain.errors import ConfigurationError


@click.command("create-userdir")
@click.option(
    "--userdir",
    "--user-data-dir",
    "user_data_dir",
    default="user_data",
    show_default=True,
    metavar="PATH",
    help="Folder to create.",
)
@click.option("--reset", is_flag=True, help="Restore the original sample strategy.")
def create_userdir(user_data_dir: str, reset: bool) -> None:
    """Create the user data folder, with a sample strategy."""
    from appliance.strategy.loading.loader import SAMPLES  # late: it loads msgspec

    folder = Path(user_data_dir).expanduser().absolute()
    new = make_user_data(folder)
    for sample in sorted(SAMPLES.glob("*.py")):
        _copy(sample, folder / "strategies" / sample.name, reset=reset)
    click.echo(f"{'Made' if new else 'Already there:'} {folder}")


def _copy(sample: Path, target: Path, *, reset: bool) -> None:
    if sample.name == "__init__.py" or (target.exists() and not reset):
        return
    try:
        shutil.copyfile(sample, target)
    except OSError as error:
        raise ConfigurationError(f"{target}: cannot be written: {error.strerror}") from None
