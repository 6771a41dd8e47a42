"""Hold the pairs that are never traded; people may add to them and take away while the bot runs."""

import asyncio
from collections.abc import Iterable, Mapping

from appliance.domain.errors import ConfigurationError
from appliance.domain.market import Market
from appliance.pairlists.patterns.expand import Expansion
from appliance.pairlists.patterns.pattern import compiled

MOST_AT_ONCE = 1_000
MOST_ENTRIES = 5_000
MOST_CHARACTERS = 200_000
"""How much may be added while the bot runs; what the configuration names always has its place."""


class Blacklist:
    """Hold pairs and patterns, in the order in which they were added."""

    def __init__(self, patterns: Iterable[str] = ()) -> None:
        self.patterns = list(dict.fromkeys(patterns))
        self._expanded = Expansion()

    def add(self, patterns: Iterable[str]) -> dict[str, str]:
        """Add pairs or patterns; return what is wrong with those that were not added, by pattern."""
        wanted = list(patterns)
        return self._add(wanted, _faults(wanted))

    async def add_in_thread(self, patterns: Iterable[str]) -> dict[str, str]:
        """Do the same; many or long expressions take long to compile."""
        wanted = list(patterns)
        return self._add(wanted, await asyncio.to_thread(_faults, wanted))

    def _add(self, patterns: list[str], faults: dict[str, str]) -> dict[str, str]:
        errors = {}
        length = sum(map(len, self.patterns))
        for pattern in patterns:
            if pattern in faults:
                errors[f"{pattern:.200}"] = faults[pattern]
            elif pattern in self.patterns:
                errors[pattern] = f"{pattern} is on the blacklist already."
            elif len(self.patterns) >= MOST_ENTRIES or length + len(pattern) > MOST_CHARACTERS:
                errors[pattern] = "The blacklist is full."
            else:
                self.patterns.append(pattern)
                length += len(pattern)
        return errors

    def remove(self, patterns: Iterable[str]) -> dict[str, str]:
        """Take pairs or patterns off the list, as they were written; return those that were not on it."""
        errors = {}
        for pattern in patterns:
            if pattern in self.patterns:
                self.patterns.remove(pattern)
            else:
                errors[f"{pattern:.200}"] = f"{pattern} is not on the blacklist."
        return errors

    def expanded(self, markets: Mapping[str, Market]) -> list[str]:
        """Return the pairs that are meant. Raises `ConfigurationError` for a broken pattern."""
        return list(self._expanded(tuple(self.patterns), markets))

    async def expanded_in_thread(self, markets: Mapping[str, Market]) -> list[str]:
        """Return the same; expressions over thousands of names hold the processor for long."""
        return list(await self._expanded.in_thread(tuple(self.patterns), markets))


def _faults(patterns: list[str]) -> dict[str, str]:
    """Return what is wrong with patterns that cannot be used."""
    faults = {}
    for index, pattern in enumerate(patterns):
        try:
            if index >= MOST_AT_ONCE:
                raise ConfigurationError(f"more than {MOST_AT_ONCE} entries at once")
            compiled(pattern)
        except ConfigurationError as error:
            faults[pattern] = f"{error}."
    return faults
