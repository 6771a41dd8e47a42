"""Fill people's templates with the fields of a message."""

from collections.abc import Mapping
from typing import Any


class BadTemplate(Exception):
    """Say in a line why a template cannot be filled."""


def filled(template: Any, fields: Mapping[str, Any]) -> Any:
    """Return a text, list or object in which every text is filled; other values stay. Raises BadTemplate."""
    if isinstance(template, Mapping):
        return {key: filled(value, fields) for key, value in template.items()}
    if isinstance(template, list | tuple):
        return [filled(value, fields) for value in template]
    if not isinstance(template, str):
        return template
    try:
        return template.format(**fields)
    except KeyError as error:
        known = ", ".join(sorted(fields))
        raise BadTemplate(f'"{template:.80}" names {error}; there are {known}') from None
    except (ValueError, TypeError, IndexError, AttributeError) as error:
        raise BadTemplate(f'"{template:.80}" cannot be filled: {error}') from None
