"""`appliance list-freqaimodels`: there are no models of machine learning."""

from typing import Any

import click

from appliance.cli.options import common_options


@click.command("list-freqaimodels")
@common_options
@click.option("--freqaimodel-path", metavar="PATH", help="Without effect.")
@click.option("-1", "--one-column", is_flag=True, help="Without effect.")
def list_freqai_models(**_: Any) -> None:
    """List the models of freqtrade's FreqAI: there are none here."""
    click.echo("There are no models: FreqAI is not supported", err=True)
