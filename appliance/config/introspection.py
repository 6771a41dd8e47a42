"""Read the definitions of the settings: keys, types, descriptions and defaults."""

import types
import typing
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeGuard

import msgspec
from msgspec import Meta, Struct

from appliance.config.settings import Settings


@dataclass(frozen=True)
class Setting:
    """A key. `type` is the type that msgspec converts to; `section` its Struct, if it is a section."""

    name: str
    type: Any
    default: object
    description: str
    section: type[Struct] | None

    @property
    def kinds(self) -> set[object]:
        """The types of its values without null and without types of items, e.g. `{float, dict}`."""
        parts = (typing.get_origin(part) or part for part in members(self.type))
        return {part for part in parts if part is not type(None)}

    @property
    def item(self) -> type[Struct] | None:
        """The Struct of each item, if this is a list of objects."""
        lists = [part for part in members(self.type) if typing.get_origin(part) is tuple]
        items = [part for found in lists for part in typing.get_args(found)]
        return next((part for part in items if is_section(part)), None)


@cache
def settings_of(section: type[Struct]) -> dict[str, Setting]:
    """Return the settings of a section by key, in the order of definition."""
    hints = typing.get_type_hints(section, include_extras=True)
    return {
        field.name: Setting(
            name=field.name,
            type=hints[field.name],
            default=_default(field),
            description=_description(hints[field.name]),
            section=next((part for part in members(hints[field.name]) if is_section(part)), None),
        )
        for field in msgspec.structs.fields(section)
    }


def find(path: tuple[str | int, ...], root: type[Struct] = Settings) -> Setting | None:
    """Return the setting at a key path, None if there is none."""
    found: Setting | None = None
    section: type[Struct] | None = root
    for key in path:
        found = settings_of(section).get(str(key)) if section else None
        if found is None:
            return None
        section = found.section
    return found


def walk(section: type[Struct] = Settings, above: str = "") -> Iterator[tuple[str, Setting]]:
    """Yield every setting with its dotted key path, each section before its settings."""
    for name, setting in settings_of(section).items():
        yield above + name, setting
        if setting.section:
            yield from walk(setting.section, f"{above}{name}.")


def _default(field: msgspec.structs.FieldInfo) -> object:
    if field.default_factory is not msgspec.NODEFAULT:
        return field.default_factory()
    return field.default


def is_section(part: object) -> TypeGuard[type[Struct]]:
    """Return whether a type is a Struct."""
    return isinstance(part, type) and issubclass(part, Struct)


def members(hint: object) -> list[Any]:
    """Return the members of a union, without annotations; a plain type is its own only member."""
    if typing.get_origin(hint) is typing.Annotated:
        return members(typing.get_args(hint)[0])
    if _is_union(hint):
        return [part for member in typing.get_args(hint) for part in members(member)]
    return [hint]


def _is_union(hint: object) -> bool:
    return isinstance(hint, types.UnionType) or typing.get_origin(hint) is typing.Union


def _description(hint: Any) -> str:
    """Return the text of the outermost `doc`; one with limits may be inside of `… | None`."""
    if typing.get_origin(hint) is typing.Annotated:
        return next(
            (note.description for note in hint.__metadata__ if isinstance(note, Meta) and note.description),
            "",
        )
    if _is_union(hint):
        return next(filter(None, map(_description, typing.get_args(hint))), "")
    return ""
