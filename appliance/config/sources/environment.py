"""Read settings from environment variables: FREQTRADE__SECTION__KEY; APPLIANCE__SECTION__KEY overrides it."""

import json
import math
from collections.abc import Mapping

from appliance.config.introspection import find, settings_of
from appliance.config.jsonc import KeyPath, Place
from appliance.config.settings import Settings
from appliance.config.sources.files import Gathered, nested
from appliance.domain.json_value import Json

PREFIXES = ("FREQTRADE__", "APPLIANCE__")
_CCXT_SECTIONS = {"ccxt_config", "ccxt_sync_config", "ccxt_async_config"}
_TEXT_KEYS = {"chat_id", "password", "token", "api_key", "account_id", "wallet_address", "private_key"}


def gather_environment(environ: Mapping[str, str]) -> Gathered:
    """Read the settings among environment variables, e.g. `FREQTRADE__STAKE_AMOUNT=200`."""
    result = Gathered()
    for prefix in PREFIXES:
        for name in sorted(environ):
            path = _key_path(name.removeprefix(prefix)) if name.startswith(prefix) else ()
            if path:
                value = _typed(path, environ[name])
                result.lay_over(nested(path, value), {path: Place(f"environment {name}")})
    return result


def _key_path(name: str) -> KeyPath:
    """Split `EXCHANGE__PAIR_WHITELIST` into its keys.

    Keys are converted to lower case, as in freqtrade, except known keys with capitals (`CORS_origins`) and
    the last key of a ccxt section (`httpsProxy`).
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


def _typed(path: KeyPath, text: str) -> Json:
    """Convert a variable to a number, a boolean, a JSON list or object; any other one stays a string."""
    setting = find(path)
    if setting and str in setting.kinds and not setting.kinds & {int, float}:
        return text if setting.kinds == {str} else _json_container(text)
    if str(path[-1]).lower() in _TEXT_KEYS:
        return text
    if text.lower() in ("t", "true", "f", "false"):
        return text.lower() in ("t", "true")
    for number_type in (int, float):
        try:
            number = number_type(text)
        except ValueError:
            continue
        return number if math.isfinite(number) else text
    return _json_container(text)


def _json_container(text: str) -> Json:
    if not text.lstrip().startswith(("[", "{")):
        return text
    try:
        container: Json = json.loads(text)
    except json.JSONDecodeError:
        return text
    return container
