"""Choose the pairs that `download-data` downloads."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from appliance.domain.errors import ConfigurationError

if TYPE_CHECKING:
    from appliance.config.loading import LoadedSettings


def named_pairs(loaded: "LoadedSettings", given: Mapping[str, Any]) -> list[str]:
    """Return pairs and patterns by --pairs-file, --pairs, the whitelist, or pairs.json of the data folder."""
    if given["pairs_file"]:
        return _listed_in(Path(given["pairs_file"]).expanduser())
    if given["pairs"]:
        return list(given["pairs"])
    if loaded.settings.exchange.pair_whitelist:
        return list(loaded.settings.exchange.pair_whitelist)
    usual = loaded.datadir / "pairs.json"
    if usual.is_file():
        return _listed_in(usual)
    raise ConfigurationError(
        "No pairs to download: name some with --pairs, --pairs-file, or exchange.pair_whitelist"
    )


def _listed_in(file: Path) -> list[str]:
    try:
        found = json.loads(file.read_bytes())
    except ValueError as error:
        raise ConfigurationError(
            f"{file}: expected a JSON list of pairs; found invalid JSON ({error})"
        ) from error
    if not isinstance(found, list) or not all(isinstance(pair, str) for pair in found):
        raise ConfigurationError(f'{file}: expected a JSON list of pairs, e.g. ["BTC/USDT"]')
    return sorted(found)
