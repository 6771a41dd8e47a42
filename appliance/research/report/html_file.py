"""Render pages that are one file: styles, scripts and data inside, nothing asked of any network.

Every value of a template is escaped. The policy of the page allows the scripts that it was written with, by
their hashes, and no connection at all: a text of a strategy cannot become a script.
"""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import orjson

from appliance import __version__
from appliance.assets import asset_dir
from appliance.reports.number_format import FILTERS, NOTHING, exact
from appliance.research.report.packed import packed

if TYPE_CHECKING:
    from pathlib import Path

    from jinja2 import Environment

_FOLDER = "report"
_STYLES = ("static/dashboard.css", f"{_FOLDER}/report.css")
_CHARTS = "static/vendor/lightweight-charts.js"
_POLICY = (
    "default-src 'none'; script-src {scripts}; style-src 'unsafe-inline'; img-src data:; "
    "base-uri 'none'; form-action 'none'"
)


def rendered(
    template: str, context: Mapping[str, Any], scripts: Sequence[str], data: Mapping[str, str]
) -> bytes:
    """Return a page. `scripts` are files of web/report, `data` packed texts by the id of their element.

    A page without scripts has no charts either.
    Raises FileNotFoundError where the installation is incomplete.
    """
    texts = [_script(_CHARTS), joined_scripts(scripts)] if scripts else []
    page = _environment().get_template(template)
    html: str = page.render(
        **context,
        version=__version__,
        styles="\n".join(_text(name) for name in _STYLES),
        icon="data:image/svg+xml;base64," + base64.b64encode(_text("static/favicon.svg").encode()).decode(),
        policy=_POLICY.format(scripts=" ".join(_hash(text) for text in texts) or "'none'"),
        scripts=texts,
        data=data,
    )
    return html.encode("utf-8", "replace")


def packed_json(value: Any) -> str:
    """Return a value as JSON, packed; numbers that JSON has not become null."""
    return packed(orjson.dumps(value, option=orjson.OPT_SERIALIZE_NUMPY))


def dated(moment: datetime | None) -> str:
    """Format a date to the minute, with its year."""
    return NOTHING if moment is None else exact(moment)[: len("2025-01-31 12:00")]


def joined_scripts(names: Sequence[str]) -> str:
    """Return scripts of web/report as one: they see each other's functions, and nothing else does."""
    parts = "\n".join(_script(f"{_FOLDER}/{name}") for name in names)
    return f'"use strict";\n(() => {{\n{parts}\n}})();'


def _script(name: str) -> str:
    """Return a script so that no text in it can end its element."""
    return _text(name).replace("</script", r"<\/script")


def _text(name: str) -> str:
    file: Path = asset_dir("web") / name
    if not file.is_file() and "vendor" in name:
        raise FileNotFoundError(f"web/{name} is missing: run packaging/web_assets.py")
    return file.read_text(encoding="utf-8")


def _hash(script: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


def _environment() -> "Environment":
    from jinja2 import Environment, FunctionLoader, StrictUndefined  # late: only pages have templates

    environment = Environment(
        loader=FunctionLoader(lambda name: _text(f"{_FOLDER}/{name}")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {**FILTERS, "dated": dated}
    return environment
