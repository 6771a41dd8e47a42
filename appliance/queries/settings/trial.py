"""Try a text for a configuration file: what the loader would make of it, with all other sources."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from appliance.config.changes import changes, changes_that_need_a_restart
from appliance.config.jsonc import JsonError, parse
from appliance.config.loading import LoadedSettings, reload
from appliance.config.secrets import is_secret
from appliance.domain.errors import ConfigurationError

_FILE_SUFFIX = "_file"


def changed_by(loaded: LoadedSettings, file: Path, text: str, before: str) -> tuple[list[str], list[str]]:
    """Try a text for a file: return the changed keys, and what should be known before it is saved.

    Raises ConfigurationError with every problem that the loader has with it.
    """
    if faults := list(_not_here(_values(before), _values(text))):
        raise ConfigurationError(*(f"{file}: {fault}" for fault in faults))
    fresh = reload(loaded, drafts={file: text})
    was, becomes = changes(loaded.gathered.values, fresh.gathered.values)
    notes = [line for line in fresh.warnings if line not in loaded.warnings]
    if keys := changes_that_need_a_restart(loaded.settings, fresh.settings):
        notes.append(
            f"{', '.join(keys)} cannot change while the bot runs: it keeps its settings until a restart"
        )
    return list(dict.fromkeys([*was, *becomes])), notes


def _values(text: str) -> Any:
    try:
        return parse(text, "").value
    except JsonError:
        return {}


def _not_here(before: Any, after: Any) -> Iterator[str]:
    """Yield what a page must not change: which other files are read."""
    old, new = dict(_file_names(before, ())), dict(_file_names(after, ()))
    for path in sorted(old.keys() | new.keys()):
        if new.get(path, old.get(path)) != old.get(path):
            yield f"{path}: names a file to read, which only an edit on the machine itself may change"


def _file_names(values: Any, above: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    for key, value in values.items() if isinstance(values, dict) else ():
        path = (*above, key)
        is_secret_file = key.endswith(_FILE_SUFFIX) and is_secret((key.removesuffix(_FILE_SUFFIX),))
        if is_secret_file or path == ("add_config_files",):
            yield ".".join(path), value
        else:
            yield from _file_names(value, path)
