"""Fill the templates of the settings with the fields of a message."""

from collections.abc import Mapping
from typing import Any


class BadTemplate(Exception):
    """Say why a template cannot be filled."""


class _Nothing:
    """Stand for a field without a value: with any format, attribute or index it reads "None"."""

    def __format__(self, form: str) -> str:
        return "None"

    def __str__(self) -> str:
        return "None"

    __repr__ = __str__

    def __getattr__(self, name: str) -> "_Nothing":
        return self

    def __getitem__(self, key: object) -> "_Nothing":
        return self


_NOTHING = _Nothing()


def filled(template: Any, fields: Mapping[str, Any]) -> Any:
    """Return a text, list or object in which every text is filled; other values stay. Raises BadTemplate.

    A field without a value (a rate that is not known, say) reads "None".
    """
    given = {name: _NOTHING if value is None else value for name, value in fields.items()}
    return _filled(template, given)


def _filled(template: Any, fields: Mapping[str, Any]) -> Any:
    if isinstance(template, Mapping):
        return {key: _filled(value, fields) for key, value in template.items()}
    if isinstance(template, list | tuple):
        return [_filled(value, fields) for value in template]
    if not isinstance(template, str):
        return template
    try:
        return template.format(**fields)
    except KeyError as error:
        known = ", ".join(sorted(fields))
        raise BadTemplate(f'"{template:.80}" names {error}; the message has {known}') from None
    except (ValueError, TypeError, IndexError, AttributeError) as error:
        raise BadTemplate(f'"{template:.80}" cannot be filled: {error}') from None
