"""Read settings from environment variables: FREQTRADE__SECTION__KEY, and APPLIANCE__SECTION__KEY over it."""

import json
import math
from collections.abc import Mapping
from typing import Any

from appliance.config.introspection import find, settings_of
from appliance.config.jsonc import KeyPath, Place
from appliance.config.settings import Settings
from appliance.config.sources.files import Gathered

PREFIXES = ("FREQTRADE__", "APPLIANCE__")
_CCXT_SECTIONS = {"ccxt_config", "ccxt_sync_config", "ccxt_async_config"}
_TEXT_KEYS = {"chat_id", "password", "token", "api_key", "account_id", "wallet_address", "private_key"}


def gather_environment(environ: Mapping[str, str]) -> Gathered:
    """Collect the settings among environment variables, e.g. `FREQTRADE__STAKE_AMOUNT=200`."""
    result = Gathered()
    for prefix in PREFIXES:
        for name in sorted(environ):
            path = _key_path(name.removeprefix(prefix)) if name.startswith(prefix) else ()
            if path:
                result.lay_over(
                    _nested(path, _typed(path, environ[name])), {path: Place(f"environment {name}")}
                )
    return result


def _key_path(name: str) -> KeyPath:
    """Turn `EXCHANGE__PAIR_WHITELIST` into its keys.

    Letters are taken as small ones, as freqtrade does, save where a known key has capitals (`CORS_origins`)
    and in the last key of a ccxt section (`httpsProxy`).
    """
    parts = name.split("__")
    if not all(parts):
        return ()
    in_ccxt = parts[0].lower() == "exchange" and any(part.lower() in _CCXT_SECTIONS for part in parts[:-1])
    path: list[str] = []
    for position, part in enumerate(parts):
        keep_case = in_ccxt and position == len(parts) - 1
        path.append(part if keep_case else _known_spelling(path, part))
    return tuple(path)


def _known_spelling(above: list[str], part: str) -> str:
    around = find(tuple(above)) if above else None
    section = Settings if not above else around.section if around else None
    known = {key.lower(): key for key in settings_of(section)} if section else {}
    return known.get(part.lower(), part.lower())


def _nested(path: KeyPath, value: Any) -> dict[str, Any]:
    for key in reversed(path):
        value = {str(key): value}
    result: dict[str, Any] = value
    return result


def _typed(path: KeyPath, text: str) -> Any:
    """Read a number, a boolean, a JSON list or object out of a variable; anything else stays text."""
    setting = find(path)
    if setting and str in setting.kinds and not setting.kinds & {int, float}:
        return text if setting.kinds == {str} else _json_container(text)
    if str(path[-1]).lower() in _TEXT_KEYS:
        return text
    if text.lower() in ("t", "true", "f", "false"):
        return text.lower() in ("t", "true")
    for kind in (int, float):
        try:
            number = kind(text)
        except ValueError:
            continue
        return number if math.isfinite(number) else text
    return _json_container(text)


def _json_container(text: str) -> Any:
    if not text.lstrip().startswith(("[", "{")):
        return text
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text
