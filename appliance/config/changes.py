"""Say what is different between two configurations, and name a configuration in a few letters. No secrets."""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from appliance.config.jsonc import KeyPath
from appliance.config.secrets import redacted

_DIGITS = 16
_ABSENT = object()


def fingerprint(values: Mapping[str, Any]) -> str:
    """Return 16 hex digits that stand for a configuration: of its SHA-256, keys sorted, secrets left out.

    Left out, because whoever reads a hash could try short secrets until they fit.
    """
    return hashlib.sha256(_encoded(redacted(values))).hexdigest()[:_DIGITS]


def changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what was and what is, by dotted key, where the two differ.

    A key that one of them lacks is missing there. Of a changed secret both say `REDACTED`.
    """
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    for path in _differing(old, new, ()):
        for values, told in ((old, before), (new, after)):
            value = _at(values, path)
            if value is not _ABSENT:
                told[".".join(map(str, path))] = redacted(value, path)
    return before, after


def _differing(old: Any, new: Any, path: KeyPath) -> Iterator[KeyPath]:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in dict.fromkeys([*old, *new]):
            yield from _differing(old.get(key, _ABSENT), new.get(key, _ABSENT), (*path, key))
    elif old is _ABSENT or new is _ABSENT or _encoded(old) != _encoded(new):
        yield path


def _at(values: Any, path: KeyPath) -> Any:
    for key in path:
        if not isinstance(values, Mapping) or key not in values:
            return _ABSENT
        values = values[key]
    return values


def _encoded(values: Any) -> bytes:
    return msgspec.json.encode(values, enc_hook=str, order="deterministic")
