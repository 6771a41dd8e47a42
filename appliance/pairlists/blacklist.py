"""Hold the pairs that are never traded; clients may add and remove pairs while the bot runs."""

import asyncio
from collections.abc import Iterable, Mapping

from appliance.domain.errors import ConfigurationError
from appliance.domain.market import Market
from appliance.pairlists.patterns.expand import Expansion, expand
from appliance.pairlists.patterns.pattern import compiled

MAX_AT_ONCE = 1_000
MAX_ITEMS = 5_000
MAX_CHARACTERS = 200_000
MOST_MATCHED = 200
"""Limits of what may be added while the bot runs; pairs of the configuration are never refused."""


class Blacklist:
    """Hold pairs and patterns, in the order in which they were added."""

    def __init__(self, patterns: Iterable[str] = ()) -> None:
        self.patterns = list(dict.fromkeys(patterns))
        self._expanded = Expansion()
        self._matches: tuple[tuple[str, ...], int, dict[str, list[str]]] | None = None

    def add(self, patterns: Iterable[str]) -> dict[str, str]:
        """Add pairs or patterns; return why others were not added, by pattern."""
        wanted = list(patterns)
        return self._add(wanted, _faults(wanted))

    async def add_in_thread(self, patterns: Iterable[str]) -> dict[str, str]:
        """Do the same in a thread: many or long expressions take long to compile."""
        wanted = list(patterns)
        return self._add(wanted, await asyncio.to_thread(_faults, wanted))

    def _add(self, patterns: list[str], faults: dict[str, str]) -> dict[str, str]:
        errors = {}
        length = sum(map(len, self.patterns))
        for pattern in patterns:
            if pattern in faults:
                errors[f"{pattern:.200}"] = faults[pattern]
            elif pattern in self.patterns:
                errors[pattern] = f"{pattern} is already on the blacklist."
            elif len(self.patterns) >= MAX_ITEMS or length + len(pattern) > MAX_CHARACTERS:
                errors[pattern] = "The blacklist is full."
            else:
                self.patterns.append(pattern)
                length += len(pattern)
        return errors

    def remove(self, patterns: Iterable[str]) -> dict[str, str]:
        """Remove pairs or patterns, spelled as they were added; return an error for each unknown one."""
        errors = {}
        for pattern in patterns:
            if pattern in self.patterns:
                self.patterns.remove(pattern)
            else:
                errors[f"{pattern:.200}"] = f"{pattern} is not on the blacklist."
        return errors

    def expanded(self, markets: Mapping[str, Market]) -> list[str]:
        """Return the pairs that the patterns match. Raises `ConfigurationError` for an invalid pattern."""
        return list(self._expanded(tuple(self.patterns), markets))

    async def expanded_in_thread(self, markets: Mapping[str, Market]) -> list[str]:
        """Do the same in a thread: matching thousands of names takes long."""
        return list(await self._expanded.in_thread(tuple(self.patterns), markets))

    async def matches_in_thread(self, markets: Mapping[str, Market]) -> dict[str, list[str]]:
        """Return which pairs each item stands for, of the first `MOST_MATCHED` items; cached."""
        patterns = tuple(self.patterns[:MOST_MATCHED])
        known = self._matches
        if known is None or known[:2] != (patterns, len(markets)):
            names = list(markets)
            found = await asyncio.to_thread(lambda: {one: expand([one], names) for one in patterns})
            self._matches = known = (patterns, len(names), found)
        return known[2]


def _faults(patterns: list[str]) -> dict[str, str]:
    """Return why patterns are invalid, by pattern."""
    faults = {}
    for index, pattern in enumerate(patterns):
        try:
            if index >= MAX_AT_ONCE:
                raise ConfigurationError(f"more than {MAX_AT_ONCE} items at once")
            compiled(pattern)
        except ConfigurationError as error:
            faults[pattern] = f"{error}."
    return faults
