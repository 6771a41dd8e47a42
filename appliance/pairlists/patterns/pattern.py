"""Match the names of pairs against what people write, in a bounded time, whatever that is.

`re.fullmatch` without regard to case, as freqtrade has it. Python's matcher does what it is proven to be
quick with; what could take it for ever goes to an automaton, which answers the same.
"""

import re
import re._compiler as compiler  # type: ignore[import-not-found]
import re._parser as parser  # type: ignore[import-not-found]
import threading
import warnings
from collections import OrderedDict
from collections.abc import Iterable
from typing import Any

from appliance.domain.errors import ConfigurationError
from appliance.pairlists.patterns.automaton import Automaton, NoAutomaton
from appliance.pairlists.patterns.cost import characters_of, steps_of

LONGEST_PATTERN = 10_000
"""Characters of an expression; 1,000 coins fit."""
LONGEST_NAME = 64
"""Characters of a name that an expression can match; no exchange has half as many."""
_USUAL_NAME = 32
_MOST_STEPS = 200_000
"""Steps of Python's matcher for one name: some 2 ms."""
_MOST_CHARACTERS = 5_000_000
"""Characters in all ranges of an expression: some 30 ms to compile."""
MOST_KEPT, MOST_STATES_KEPT = 512, 20_000
"""Expressions that are kept ready, and the states of their automata: some 7 MB."""


class Pattern:
    """Hold one expression, ready to match. Raises ConfigurationError for one that cannot be used."""

    def __init__(self, pattern: str) -> None:
        if len(pattern) > LONGEST_PATTERN:
            raise _refused(pattern, f"longer than {LONGEST_PATTERN} characters")
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                parsed = parser.parse(pattern, re.IGNORECASE)
                if characters_of(parsed) > _MOST_CHARACTERS:
                    raise _refused(pattern, "it names too many characters")
                self._expression = re.compile(pattern, re.IGNORECASE)
            self._quick_up_to = next((n for n in (LONGEST_NAME, _USUAL_NAME) if _is_quick(parsed, n)), -1)
            self._automaton = self._made(pattern, parsed)
        except RecursionError:
            raise _refused(pattern, "nested too deep") from None
        except (re.error, OverflowError, MemoryError, ValueError) as error:
            raise _refused(pattern, str(error)) from error

    @property
    def states(self) -> int:
        """How many states its automaton has; 0 where it needs none."""
        return len(self._automaton) if self._automaton is not None else 0

    def matches(self, name: str) -> bool:
        """Tell whether the pattern matches the whole name."""
        if len(name) <= self._quick_up_to:
            return self._expression.fullmatch(name) is not None
        if self._automaton is None or len(name) > LONGEST_NAME or "\n" in name:
            return False
        return self._automaton.fullmatch(name)

    def among(self, names: Iterable[str]) -> list[str]:
        """Return the names that match."""
        found = [name for name in names if self.matches(name)]
        if self._automaton is not None:
            self._automaton.forget()
        return found

    def _made(self, pattern: str, parsed: Any) -> Automaton | None:
        if self._quick_up_to == LONGEST_NAME:
            return None
        try:
            return Automaton(parsed, self._expression.flags, _one)
        except NoAutomaton as error:
            if self._quick_up_to >= 0:
                return None
            raise _refused(pattern, f"it may take too long to match, and {error}") from None


class _Kept:
    """Keep expressions, so many of them and so many states of their automata at most."""

    def __init__(self) -> None:
        self._patterns: OrderedDict[str, Pattern] = OrderedDict()
        self._states = 0
        self._lock = threading.Lock()

    def get(self, pattern: str) -> Pattern | None:
        with self._lock:
            found = self._patterns.get(pattern)
            if found is not None:
                self._patterns.move_to_end(pattern)
            return found

    def keep(self, pattern: str, made: Pattern) -> None:
        with self._lock:
            if pattern in self._patterns:
                return
            self._patterns[pattern] = made
            self._states += made.states
            while len(self._patterns) > MOST_KEPT or self._states > MOST_STATES_KEPT:
                _, gone = self._patterns.popitem(last=False)
                self._states -= gone.states

    @property
    def states(self) -> int:
        return self._states


kept = _Kept()


def compiled(pattern: str) -> Pattern:
    """Return the expression. Raises `ConfigurationError` naming it."""
    found = kept.get(pattern)
    if found is None:
        found = Pattern(pattern)
        kept.keep(pattern, found)
    return found


def _is_quick(parsed: Any, length: int) -> bool:
    return steps_of(parsed, length) <= _MOST_STEPS


def _one(item: tuple[Any, Any], flags: int) -> re.Pattern[str]:
    """Compile the pattern of a single character."""
    state = parser.State()
    state.flags = flags
    made: re.Pattern[str] = compiler.compile(parser.SubPattern(state, [item]), flags)
    return made


def _refused(pattern: str, why: str) -> ConfigurationError:
    shown = pattern if len(pattern) <= 200 else f"{pattern[:200]}…"
    return ConfigurationError(f"'{shown}' is neither a pair nor a valid wildcard: {why}")
