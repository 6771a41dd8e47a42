"""Say of every setting which value it has and where that comes from, without secrets."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import msgspec
from msgspec import Struct

from appliance.config.introspection import Setting, walk
from appliance.config.jsonc import KeyPath, Place
from appliance.config.loading import LoadedSettings
from appliance.config.secrets import Mask, is_secret, redacted
from appliance.config.sections.strategy import DECIDED_BY_STRATEGY
from appliance.config.validation.values import expectation

OriginKind = Literal[
    "file", "environment", "credential", "file of a secret", "command line", "strategy", "default"
]

_CREDENTIALS_OF_LIVE = ("key", "secret", "password", "uid", "walletAddress", "privateKey")
_ABSENT = object()
NOT_IN_DRY_RUN = "not used in dry-run"


class Origin(Struct, frozen=True):
    """Say where a value comes from: `place` is file, line and column, a variable, an option or a strategy."""

    kind: OriginKind
    place: str = ""


class ShownSetting(Struct, frozen=True, kw_only=True):
    """Show a setting: `value` and `default` as JSON, `hidden` in words where the value is a secret.

    `is_changed`: the value is not the default.
    """

    path: str
    value: str
    hidden: str = ""
    default: str
    expected: str
    description: str
    origin: Origin
    is_changed: bool


class ShownSection(Struct, frozen=True, kw_only=True):
    """Show a section; `name` is its key, empty for the settings outside of any."""

    name: str
    description: str
    settings: list[ShownSetting]


def shown_sections(loaded: LoadedSettings) -> list[ShownSection]:
    """Return all settings by section, in the order of their definition; last the keys of strategies."""
    values = msgspec.to_builtins(loaded.settings)
    values["user_data_dir"], values["db_url"] = str(loaded.user_data_dir), loaded.db_url
    mask = Mask()
    mask.learn(loaded.gathered.values)
    by_name = {"": ShownSection(name="", description="Trading and the program itself.", settings=[])}
    for path, setting in walk():
        keys = tuple(path.split("."))
        if setting.section is not None:
            if len(keys) == 1:
                by_name[path] = ShownSection(name=path, description=setting.description, settings=[])
            continue
        section = by_name[keys[0] if len(keys) > 1 else ""]
        section.settings.append(_shown(loaded, keys, setting, _at(values, keys), mask))
    return [*(section for section in by_name.values() if section.settings), *_of_strategies(loaded, mask)]


def _shown(
    loaded: LoadedSettings, keys: KeyPath, setting: Setting, value: object, mask: Mask
) -> ShownSetting:
    """Show a setting as it was written; in a section that nothing sets, the default is in use."""
    configured = _at(loaded.gathered.values, keys)
    default = msgspec.to_builtins(setting.default)
    value = default if value is _ABSENT else value
    hidden = _hidden(value, keys, loaded)
    return ShownSetting(
        path=".".join(map(str, keys)),
        value=_text(value if configured in (None, _ABSENT) else configured, keys, mask),
        hidden=hidden,
        default=_text(default, (), mask),
        expected=expectation(setting.type),
        description=setting.description,
        origin=_origin(loaded, keys),
        is_changed=_encoded(value) != _encoded(default) or hidden == NOT_IN_DRY_RUN,
    )


def kind_of(place: Place, files: Sequence[object]) -> OriginKind:
    """Return which source a place belongs to."""
    beginnings: tuple[tuple[str, OriginKind], ...] = (
        ("environment ", "environment"),
        ("credential ", "credential"),
        ("--", "command line"),
        ("strategy ", "strategy"),
    )
    if place.line:
        return "file"
    found = next((kind for beginning, kind in beginnings if place.name.startswith(beginning)), None)
    return found or ("file" if place.name in map(str, files) else "file of a secret")


def _of_strategies(loaded: LoadedSettings, mask: Mask) -> list[ShownSection]:
    """Return the keys that are no settings: they are left to the strategy."""
    known = {path for path, _ in walk()}
    unknown = [
        ShownSetting(
            path=key,
            value=_text(value, (key,), mask),
            hidden=_hidden(value, (key,), loaded),
            default="",
            expected="",
            description="",
            origin=_origin(loaded, (key,)),
            is_changed=True,
        )
        for key, value in loaded.gathered.values.items()
        if key not in known
    ]
    text = "Keys that are no settings of the bot; strategies can read them."
    return [ShownSection(name="others", description=text, settings=unknown)] if unknown else []


def _origin(loaded: LoadedSettings, keys: KeyPath) -> Origin:
    """Return the origin of a value: its own place, or that of the object around it."""
    gathered = loaded.gathered
    if _at(gathered.values, keys) is not _ABSENT:
        near = keys
        while near and near not in gathered.places:
            near = near[:-1]
        if near:
            place = gathered.places[near]
            return Origin(kind_of(place, gathered.files), str(place))
    top = keys[0]
    if top in DECIDED_BY_STRATEGY and top not in gathered.values and loaded.raw.get(str(top)) is not None:
        return Origin("strategy", str(loaded.settings.strategy or ""))
    return Origin("default")


def _hidden(value: object, keys: KeyPath, loaded: LoadedSettings) -> str:
    """Say in words whether a secret is set; "" for a setting that is none."""
    if not is_secret(keys):
        return ""
    if value not in (None, "", _ABSENT, [], {}):
        return "set, not shown"
    is_dropped = keys[0] == "exchange" and keys[-1] in _CREDENTIALS_OF_LIVE and keys in loaded.gathered.places
    return NOT_IN_DRY_RUN if is_dropped and loaded.settings.dry_run else "not set"


def _text(value: object, keys: KeyPath, mask: Mask) -> str:
    if value is _ABSENT or value is None or is_secret(keys):
        return ""
    if isinstance(value, float) and value == float("inf"):
        return "no limit"
    return mask(json.dumps(redacted(value, keys), ensure_ascii=False, default=str))


def _at(values: Any, keys: KeyPath) -> Any:
    for key in keys:
        if not isinstance(values, Mapping) or key not in values:
            return _ABSENT
        values = values[key]
    return values


def _encoded(value: object) -> bytes:
    return b"" if value is _ABSENT else msgspec.json.encode(value, enc_hook=str, order="deterministic")
