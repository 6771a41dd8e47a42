"""Expand lists of pairs and patterns to pairs."""

import asyncio
import re
from collections.abc import Collection, Iterable

from appliance.pairlists.patterns.pattern import compiled


def expand(patterns: Iterable[str], pairs: Collection[str], *, keep_unknown: bool = False) -> list[str]:
    """Return the `pairs` that match any of the patterns, in the order of the patterns, each once.

    A pattern is a pair, or a regular expression for the whole of its name ("BNB/.*"), in any case of letters.
    With `keep_unknown`, plain pairs that do not exist stay in the list. `pairs` is best a mapping or a set.
    Raises `ConfigurationError` for an invalid expression.
    """
    found: dict[str, None] = {}
    for pattern in patterns:
        if pattern in pairs:
            found[pattern] = None
            continue
        matching = compiled(pattern).among(pairs)
        if not matching and keep_unknown and not is_pattern(pattern):
            matching = [pattern]
        found.update(dict.fromkeys(matching))
    return list(found)


class Expansion:
    """Expand patterns, and cache the last result: markets stay the same for an hour."""

    def __init__(self, *, keep_unknown: bool = False) -> None:
        self._keep_unknown = keep_unknown
        self._last: tuple[tuple[str, ...], Collection[str], int, list[str]] | None = None

    def __call__(self, patterns: tuple[str, ...], pairs: Collection[str]) -> list[str]:
        last = self._last
        if last is None or not self.is_cached(patterns, pairs):
            found = expand(patterns, pairs, keep_unknown=self._keep_unknown)
            self._last = last = (patterns, pairs, len(pairs), found)
        return last[3]

    def is_cached(self, patterns: tuple[str, ...], pairs: Collection[str]) -> bool:
        """Return whether the result for these patterns and this very object of pairs is cached."""
        last = self._last
        return last is not None and last[0] == patterns and last[1] is pairs and last[2] == len(pairs)

    async def in_thread(self, patterns: tuple[str, ...], pairs: Collection[str]) -> list[str]:
        """Do the same in a thread: matching thousands of names takes long."""
        if self.is_cached(patterns, pairs):
            return self(patterns, pairs)
        return await asyncio.to_thread(self, patterns, pairs)


def is_pattern(text: str) -> bool:
    """Return whether a text is an expression and not the name of a pair."""
    return re.fullmatch(r"[A-Za-z0-9_.\-]+/[A-Za-z0-9_\-]+(:[A-Za-z0-9_\-]+)?", text) is None
