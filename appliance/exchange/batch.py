"""Ask for many pairs in one question, so that a pair that is gone keeps no other from its answer."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from appliance.domain.errors import ExchangeError, TemporaryExchangeError

log = logging.getLogger(__name__)
Answer = TypeVar("Answer")


class ManyAtOnce:
    """Remember which pairs an exchange refuses to be asked for together with others.

    An exchange that has taken a pair off its list since markets were read refuses the whole question. Which
    pair it means is found by halves; it is left out until markets are read again (`forget`).
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._refused: set[str] = set()

    def forget(self) -> None:
        """Ask for all pairs again: the exchange's list has been read anew."""
        self._refused.clear()

    async def ask(
        self, question: Callable[[list[str]], Awaitable[dict[str, Answer]]], pairs: Sequence[str]
    ) -> dict[str, Answer]:
        """Return what `question` answers of `pairs`, without those that are refused.

        Raises `TemporaryExchangeError`: that is no word on a pair.
        """
        wanted = [pair for pair in pairs if pair not in self._refused]
        if not wanted:
            return {}
        try:
            return await question(wanted)
        except TemporaryExchangeError:
            raise
        except ExchangeError as error:
            if len(wanted) == 1:
                self._refused.add(wanted[0])
                log.warning("%s is left out when prices are asked for together: %s", wanted[0], error)
                return {}
        middle = len(wanted) // 2
        return await self.ask(question, wanted[:middle]) | await self.ask(question, wanted[middle:])
