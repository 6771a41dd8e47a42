"""Compare configurations and fingerprint them, without secrets."""

import hashlib
from collections.abc import Iterator, Mapping

import msgspec

from appliance.config.jsonc import KeyPath
from appliance.config.secrets import redacted
from appliance.config.settings import Settings

_FIXED = ("dry_run", "trading_mode", "margin_mode", "stake_currency", "db_url")
"""What cannot change while the bot runs: its books would no longer mean the same."""
_DIGITS = 16
_ABSENT = object()


def fingerprint(values: Mapping[str, object]) -> str:
    """Return 16 hex digits of a configuration's SHA-256, with sorted keys and without secrets.

    A hash with secrets would allow a reader to find short ones by trying.
    """
    return hashlib.sha256(_encoded(redacted(values))).hexdigest()[:_DIGITS]


def changes(
    old: Mapping[str, object], new: Mapping[str, object]
) -> tuple[dict[str, object], dict[str, object]]:
    """Return the old and the new values that differ, by dotted key.

    A key that one of them does not have is missing there. For a changed secret both have `REDACTED`.
    """
    before: dict[str, object] = {}
    after: dict[str, object] = {}
    for path in _differing(old, new, ()):
        for values, changed in ((old, before), (new, after)):
            value = _at(values, path)
            if value is not _ABSENT:
                changed[".".join(map(str, path))] = redacted(value, path)
    return before, after


def changes_that_need_a_restart(old: Settings, new: Settings) -> list[str]:
    """Return the keys of what has changed and cannot change while the bot runs: a reload refuses it."""
    changed = [name for name in _FIXED if getattr(old, name) != getattr(new, name)]
    return [*changed, *(["exchange.name"] if old.exchange.name != new.exchange.name else [])]


def _differing(old: object, new: object, path: KeyPath) -> Iterator[KeyPath]:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in dict.fromkeys([*old, *new]):
            yield from _differing(old.get(key, _ABSENT), new.get(key, _ABSENT), (*path, key))
    elif old is _ABSENT or new is _ABSENT or _encoded(old) != _encoded(new):
        yield path


def _at(values: object, path: KeyPath) -> object:
    for key in path:
        if not isinstance(values, Mapping) or key not in values:
            return _ABSENT
        values = values[key]
    return values


def _encoded(values: object) -> bytes:
    return msgspec.json.encode(values, enc_hook=str, order="deterministic")
