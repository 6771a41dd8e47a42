"""Hold the pairs that are never traded; people may add to them and take away while the bot runs."""

import asyncio
from collections.abc import Iterable, Mapping

from appliance.domain.errors import ConfigurationError
from appliance.domain.market import Market
from appliance.pairlists.expand import Expansion, compiled


class Blacklist:
    """Hold pairs and patterns, in the order in which they were added."""

    def __init__(self, patterns: Iterable[str] = ()) -> None:
        self.patterns = list(dict.fromkeys(patterns))
        self._expanded = Expansion()

    def add(self, patterns: Iterable[str]) -> dict[str, str]:
        """Add pairs or patterns; return what is wrong with those that were not added, by pattern."""
        errors = {}
        for pattern in patterns:
            if pattern in self.patterns:
                errors[pattern] = f"{pattern} is on the blacklist already."
                continue
            try:
                compiled(pattern)
            except ConfigurationError as error:
                errors[pattern] = f"{error}."
            else:
                self.patterns.append(pattern)
        return errors

    def remove(self, patterns: Iterable[str]) -> dict[str, str]:
        """Take pairs or patterns off the list, as they were written; return those that were not on it."""
        errors = {}
        for pattern in patterns:
            if pattern in self.patterns:
                self.patterns.remove(pattern)
            else:
                errors[pattern] = f"{pattern} is not on the blacklist."
        return errors

    def expanded(self, markets: Mapping[str, Market]) -> list[str]:
        """Return the pairs that are meant. Raises `ConfigurationError` for a broken pattern."""
        return list(self._expanded(tuple(self.patterns), markets))

    async def expanded_in_thread(self, markets: Mapping[str, Market]) -> list[str]:
        """Return the same; expressions over thousands of names hold the processor for long."""
        patterns = tuple(self.patterns)
        if self._expanded.is_known(patterns, markets):
            return self.expanded(markets)
        return await asyncio.to_thread(self._expanded, patterns, markets)
