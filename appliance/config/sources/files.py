"""Read the configuration files and the files that they include; later files override earlier ones."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from appliance.config.jsonc import JsonError, KeyPath, Place, parse
from appliance.domain.errors import ConfigurationError
from appliance.domain.json_value import Json, JsonObject

_DEEPEST_INCLUDE = 5


@dataclass
class Gathered:
    """Merged values and the place of each. `files` in reading order; `warnings` one line each."""

    values: JsonObject = field(default_factory=dict)
    places: dict[KeyPath, Place] = field(default_factory=dict)
    files: list[Path] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def lay_over(self, values: Mapping[str, Json], places: Mapping[KeyPath, Place]) -> None:
        """Override the gathered values by `values`, section by section."""
        self.values = merged(self.values, values)
        replaced = {path for path in places if not isinstance(_value_at(values, path), Mapping)}
        remaining = {
            path: place
            for path, place in self.places.items()
            if not any(path[:length] in replaced for length in range(len(path)))
        }
        self.places = {**remaining, **places}

    def place(self, path: KeyPath) -> str:
        """Return where the value at `path` was set, or else the nearest section around it."""
        while path and path not in self.places:
            path = path[:-1]
        return str(self.places[path]) if path else ", ".join(map(str, self.files)) or "configuration"


def merged(below: Mapping[str, Json], above: Mapping[str, Json]) -> JsonObject:
    """Merge two configurations into a new one: objects key by key; `above` replaces any other value."""
    result = dict(below)
    for key, value in above.items():
        if isinstance(value, Mapping):
            under = result.get(key)
            result[key] = merged(under if isinstance(under, Mapping) else {}, value)
        else:
            result[key] = value
    return result


def nested(path: KeyPath, value: Json) -> JsonObject:
    """Return `value` in objects under the keys of `path`, which has at least one."""
    for key in reversed(path[1:]):
        value = {str(key): value}
    return {str(path[0]): value}


def _value_at(values: Any, path: KeyPath) -> Json:
    """Return the value at a key path; None if it was moved since it was read."""
    try:
        for key in path:
            values = values[key]
    except (LookupError, TypeError):
        return None
    found: Json = values
    return found


def gather_files(names: Sequence[str], stdin: str = "", drafts: Mapping[Path, str] | None = None) -> Gathered:
    """Read configuration files; later ones override earlier ones. "-" stands for the text `stdin`.

    `drafts` has texts that are not saved yet, by the names of their files: they are read instead of these.

    Raises `ConfigurationError` that names every file which cannot be read.
    """
    result = Gathered()
    problems: list[str] = []
    for name in names:
        try:
            one = _read_text(stdin, "stdin") if name == "-" else _read(Path(name), drafts or {})
        except ConfigurationError as error:
            problems.extend(error.problems)
            continue
        _add(result, one)
    if problems:
        raise ConfigurationError(*problems)
    return result


def _add(result: Gathered, one: Gathered) -> None:
    result.lay_over(one.values, one.places)
    result.files.extend(one.files)
    result.warnings.extend(one.warnings)


def _read(file: Path, drafts: Mapping[Path, str], above: tuple[Path, ...] = ()) -> Gathered:
    """Read a file and the files that it includes, by names relative to it. Its own values override theirs."""
    if file.resolve() in above or len(above) > _DEEPEST_INCLUDE:
        chain = " -> ".join(str(path) for path in (*above, file))
        limit = f"expected no circle and at most {_DEEPEST_INCLUDE} levels"
        raise ConfigurationError(f"{file}: add_config_files: {limit}, found {chain}")
    own = _read_text(drafts[file] if file in drafts else _text_of(file), str(file))
    result = Gathered(files=[file])
    for name in _included(own):
        _add(result, _read(file.parent / name, drafts, (*above, file.resolve())))
    _add(result, own)
    return result


def _included(own: Gathered) -> list[str]:
    names = own.values.get("add_config_files", [])
    if isinstance(names, list):
        texts = [name for name in names if isinstance(name, str)]
        if len(texts) == len(names):
            return texts
    place = own.place(("add_config_files",))
    raise ConfigurationError(f"{place}: add_config_files: expected a list of file names")


def _text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise ConfigurationError(
            f"{file}: no such file; name another one with -c, or create it: appliance new-config -c {file}"
        ) from None
    except UnicodeDecodeError as error:
        raise ConfigurationError(
            f"{file}: expected text in UTF-8, found the byte {error.object[error.start]:#04x}"
        ) from None
    except OSError as error:
        raise ConfigurationError(f"{file}: the file cannot be read: {error.strerror}") from None


def _read_text(text: str, name: str) -> Gathered:
    try:
        document = parse(text, name)
    except JsonError as error:
        raise ConfigurationError(str(error)) from None
    if not isinstance(document.value, dict):
        raise ConfigurationError(
            f"{name}: expected an object in braces, found {type(document.value).__name__}"
        )
    warnings = [
        f"{place}: {'.'.join(map(str, path))}: duplicate key; the last value is used"
        for path, place in document.repeated
    ]
    return Gathered(document.value, dict(document.places), [], warnings)
