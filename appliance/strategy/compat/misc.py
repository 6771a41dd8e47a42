"""Offer the small functions that strategies import from `freqtrade.misc`."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TextIO


def safe_value_fallback(
    obj: Mapping[str, Any], key1: str, key2: str | None = None, default_value: Any = None
) -> Any:
    """Return the first of the two keys that has a value, or the default."""
    for key in (key1, key2):
        if key is not None and obj.get(key) is not None:
            return obj[key]
    return default_value


def safe_value_fallback2(
    dict1: Mapping[str, Any], dict2: Mapping[str, Any], key1: str, key2: str, default_value: Any = None
) -> Any:
    """Return `key1` of the first mapping, else `key2` of the second, else the default."""
    for mapping, key in ((dict1, key1), (dict2, key2)):
        if mapping.get(key) is not None:
            return mapping[key]
    return default_value


def deep_merge_dicts(
    source: Mapping[str, Any], destination: dict[str, Any], allow_null_overrides: bool = True
) -> dict[str, Any]:
    """Merge `source` into `destination` recursively; changes and returns the destination."""
    for key, value in source.items():
        if isinstance(value, Mapping):
            deep_merge_dicts(value, destination.setdefault(key, {}), allow_null_overrides)
        elif value is not None or allow_null_overrides:
            destination[key] = value
    return destination


def round_dict(d: Mapping[str, Any], n: int) -> dict[str, Any]:
    """Return the mapping with floats rounded to n places."""
    return {key: round(value, n) if isinstance(value, float) else value for key, value in d.items()}


def plural(num: float, singular: str, plural: str | None = None) -> str:
    """Return the singular or the plural form for a number."""
    return singular if num in (1, -1) else plural or f"{singular}s"


def chunks(lst: Sequence[Any], n: int) -> Iterator[Sequence[Any]]:
    """Yield n elements at a time."""
    for start in range(0, len(lst), n):
        yield lst[start : start + n]


def pair_to_filename(pair: str) -> str:
    """Return the pair with characters unsuitable for file names replaced by underscores."""
    return "".join("_" if letter in "/ .@$+:" else letter for letter in pair)


def json_load(datafile: TextIO) -> Any:
    """Return the JSON of an open file."""
    return json.load(datafile)


def file_load_json(file: Path) -> Any:
    """Return the JSON of a file; None if the file does not exist."""
    return json.loads(file.read_text(encoding="utf-8")) if file.is_file() else None


def file_dump_json(filename: Path, data: Any, is_zip: bool = False, log: bool = True) -> None:
    """Write data to a file as JSON."""
    filename.write_text(json.dumps(data, default=str), encoding="utf-8")


__all__ = [
    "chunks",
    "deep_merge_dicts",
    "file_dump_json",
    "file_load_json",
    "json_load",
    "pair_to_filename",
    "plural",
    "round_dict",
    "safe_value_fallback",
    "safe_value_fallback2",
]
