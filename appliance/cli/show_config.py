"""`appliance show-config`: show the configuration merged from all sources."""

import json
from typing import Any

import click
import msgspec

from appliance.cli.options import common_options, strategy_options, trade_options
from appliance.cli.settings import configured
from appliance.config.loading import LoadedSettings
from appliance.config.schema import json_schema
from appliance.config.secrets import redacted
from appliance.config.sources.files import merged
from appliance.domain.json_value import Json


@click.command("show-config")
@common_options
@strategy_options
@trade_options
@click.option("--show-sensitive", is_flag=True, help="Show secrets, too; never share this output.")
@click.option("--schema", is_flag=True, help="Show the JSON schema of configuration files instead.")
def show_config(
    config: tuple[str, ...], no_color: bool, show_sensitive: bool, schema: bool, **options: Json
) -> None:
    """Show the configuration merged from all sources, as JSON without secrets."""
    if schema:
        click.echo(json.dumps(json_schema(), indent=2))
        return
    loaded = configured(config, options)
    for line in (*(f"read {file}" for file in loaded.files), *loaded.warnings):
        click.echo(line, err=True)
    values = effective(loaded)
    click.echo(json.dumps(values if show_sensitive else redacted(values), indent=2, default=str))


def effective(loaded: LoadedSettings) -> dict[str, Any]:
    """Return every setting that has a value, and the keys of strategies."""
    values = merged(msgspec.to_builtins(loaded.settings), loaded.gathered.values)
    values["user_data_dir"], values["db_url"] = str(loaded.user_data_dir), loaded.db_url
    return {key: value for key, value in values.items() if value is not None and value != {}}
