"""Describe the settings to machines and to people, from their definitions alone."""

import json
from typing import Any

import msgspec

from appliance.config.introspection import Setting, walk
from appliance.config.sections.strategy import DECIDED_BY_STRATEGY
from appliance.config.settings import Settings
from appliance.config.validation.values import expectation

_INTRODUCTION = """\
# Settings

Every key of a configuration file, made from their definitions by `python -m appliance.config.schema`.

A configuration is JSON in which `//` and `/* */` comments and trailing commas are allowed. Several files may
be given with `-c`, later ones over earlier ones; `add_config_files` names files (relative to the one that
names them) that lie below it. Each setting can be set by environment variable too, as
`FREQTRADE__SECTION__KEY` or, stronger, `APPLIANCE__SECTION__KEY`, e.g.
`APPLIANCE__API_SERVER__LISTEN_PORT=8081`. Options of the command line are strongest. Where a default is
"strategy", the strategy's own attribute holds.

| Key | Takes | Default | Meaning |
| --- | --- | --- | --- |
"""


def json_schema() -> dict[str, Any]:
    """The JSON schema (draft 2020-12) of a configuration file; unknown keys are allowed."""
    schema = msgspec.json.schema(Settings)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def reference() -> str:
    """The settings as a Markdown table: docs/configuration.md."""
    return _INTRODUCTION + "".join(_row(path, setting) for path, setting in walk())


def _row(path: str, setting: Setting) -> str:
    takes = "section" if setting.section else expectation(setting.type)
    cells = (f"`{path}`", takes, "" if setting.section else _default(path, setting), setting.description)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def _default(path: str, setting: Setting) -> str:
    if setting.default is None:
        return "strategy" if path in DECIDED_BY_STRATEGY else "none"
    if setting.default == float("inf"):
        return "strategy, or no limit"
    return f"`{json.dumps(msgspec.to_builtins(setting.default))}`"


if __name__ == "__main__":
    import sys

    sys.stdout.write(reference())
