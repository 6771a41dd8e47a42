"""Gather what was configured: files with those that they include, later ones over earlier ones."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from appliance.config.jsonc import JsonError, KeyPath, Place, parse
from appliance.domain.errors import ConfigurationError

_DEEPEST_INCLUDE = 5


@dataclass
class Gathered:
    """Merged values and where each was written. `files` in order of reading; `warnings` one line each."""

    values: dict[str, Any] = field(default_factory=dict)
    places: dict[KeyPath, Place] = field(default_factory=dict)
    files: list[Path] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def lay_over(self, values: Mapping[str, Any], places: Mapping[KeyPath, Place]) -> None:
        """Let `values` override what is here, section by section."""
        self.values = merged(self.values, values)
        replaced = {path for path in places if not isinstance(_value_at(values, path), Mapping)}
        kept = {
            path: place
            for path, place in self.places.items()
            if not any(path[:length] in replaced for length in range(len(path)))
        }
        self.places = {**kept, **places}

    def place(self, path: KeyPath) -> str:
        """Tell where the value at `path` was written, or the nearest section around it."""
        while path and path not in self.places:
            path = path[:-1]
        return str(self.places[path]) if path else ", ".join(map(str, self.files)) or "configuration"


def merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Merge two configurations into a new one: objects key by key, anything else is replaced by `above`."""
    result = dict(below)
    for key, value in above.items():
        if isinstance(value, Mapping):
            under = result.get(key)
            result[key] = merged(under if isinstance(under, Mapping) else {}, value)
        else:
            result[key] = value
    return result


def _value_at(values: Any, path: KeyPath) -> Any:
    """The value at a key path; None where it has been moved away since it was read."""
    try:
        for key in path:
            values = values[key]
    except (LookupError, TypeError):
        return None
    return values


def gather_files(names: Sequence[str], stdin: str = "") -> Gathered:
    """Read configuration files, the later over the earlier; "-" is the text of standard input, `stdin`.

    Raises `ConfigurationError` with every file that cannot be read.
    """
    result = Gathered()
    problems: list[str] = []
    for name in names:
        try:
            one = _read_text(stdin, "stdin") if name == "-" else _read(Path(name))
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


def _read(file: Path, above: tuple[Path, ...] = ()) -> Gathered:
    """Read a file and, below it, the files that it includes (named relative to itself)."""
    if file.resolve() in above or len(above) > _DEEPEST_INCLUDE:
        chain = " -> ".join(str(path) for path in (*above, file))
        raise ConfigurationError(f"{file}: add_config_files goes in a circle or too deep: {chain}")
    own = _read_text(_text_of(file), str(file))
    included = own.values.get("add_config_files", [])
    if not isinstance(included, list) or not all(isinstance(name, str) for name in included):
        raise ConfigurationError(
            f"{own.place(('add_config_files',))}: add_config_files: expected a list of file names"
        )
    result = Gathered(files=[file])
    for name in included:
        _add(result, _read(file.parent / name, (*above, file.resolve())))
    _add(result, own)
    return result


def _text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise ConfigurationError(
            f"{file}: no such file; name one with -c, or make one with: appliance new-config -c {file}"
        ) from None
    except UnicodeDecodeError as error:
        raise ConfigurationError(
            f"{file}: expected text in UTF-8, found byte {error.object[error.start]:#04x}"
        ) from None
    except OSError as error:
        raise ConfigurationError(f"{file}: cannot be read: {error.strerror}") from None


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
        f"{place}: {'.'.join(map(str, path))}: written twice; this one counts"
        for path, place in document.repeated
    ]
    return Gathered(document.value, dict(document.places), [], warnings)
