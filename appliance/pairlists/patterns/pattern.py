"""Match names of pairs against regular expressions from users, in bounded time for any expression.

The result is that of `re.fullmatch` ignoring case, as in freqtrade. Expressions that `re` is proven to match
quickly are left to it; those that could make it backtrack for too long go to an automaton.
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

MAX_PATTERN_LENGTH = 10_000
"""Characters of an expression; an alternation of 1,000 coins fits."""
MAX_NAME_LENGTH = 64
"""Characters of a name that an expression can match; names of pairs are less than half as long."""
_USUAL_NAME_LENGTH = 32
_MAX_STEPS = 200_000
"""Steps of `re` for one name: some 2 ms."""
_MAX_CHARACTERS = 5_000_000
"""Characters in all ranges of an expression: some 30 ms to compile."""
MAX_CACHED, MAX_STATES_CACHED = 512, 20_000
"""Limits of cached expressions, and of the states of their automata: some 7 MB."""


class Pattern:
    """Hold one compiled expression. Raises ConfigurationError for one that cannot be used."""

    def __init__(self, pattern: str) -> None:
        if len(pattern) > MAX_PATTERN_LENGTH:
            raise _refused(pattern, f"longer than {MAX_PATTERN_LENGTH} characters")
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                parsed = parser.parse(pattern, re.IGNORECASE)
                if characters_of(parsed) > _MAX_CHARACTERS:
                    raise _refused(pattern, "its ranges have too many characters")
                self._expression = re.compile(pattern, re.IGNORECASE)
            self._quick_up_to = next(
                (n for n in (MAX_NAME_LENGTH, _USUAL_NAME_LENGTH) if _is_quick(parsed, n)), -1
            )
            self._automaton = self._automaton_for(pattern, parsed)
        except RecursionError:
            raise _refused(pattern, "nested too deeply") from None
        except (re.error, OverflowError, MemoryError, ValueError) as error:
            raise _refused(pattern, str(error)) from error

    @property
    def states(self) -> int:
        """Return the number of states of its automaton; 0 without one."""
        return len(self._automaton) if self._automaton is not None else 0

    def matches(self, name: str) -> bool:
        """Return whether the pattern matches the whole name."""
        if len(name) <= self._quick_up_to:
            return self._expression.fullmatch(name) is not None
        if self._automaton is None or len(name) > MAX_NAME_LENGTH or "\n" in name:
            return False
        return self._automaton.fullmatch(name)

    def among(self, names: Iterable[str]) -> list[str]:
        """Return the names that match."""
        found = [name for name in names if self.matches(name)]
        if self._automaton is not None:
            self._automaton.clear_cache()
        return found

    def _automaton_for(self, pattern: str, parsed: Any) -> Automaton | None:
        if self._quick_up_to == MAX_NAME_LENGTH:
            return None
        try:
            return Automaton(parsed, self._expression.flags, _one)
        except NoAutomaton as error:
            if self._quick_up_to >= 0:
                return None
            raise _refused(pattern, f"it may take too long to match, and {error}") from None


class _PatternCache:
    """Cache the most recently used expressions, within the limits above."""

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

    def put(self, pattern: str, compiled: Pattern) -> None:
        with self._lock:
            if pattern in self._patterns:
                return
            self._patterns[pattern] = compiled
            self._states += compiled.states
            while len(self._patterns) > MAX_CACHED or self._states > MAX_STATES_CACHED:
                _, dropped = self._patterns.popitem(last=False)
                self._states -= dropped.states

    @property
    def states(self) -> int:
        return self._states


cache = _PatternCache()


def compiled(pattern: str) -> Pattern:
    """Return the compiled expression. Raises `ConfigurationError` naming it."""
    found = cache.get(pattern)
    if found is None:
        found = Pattern(pattern)
        cache.put(pattern, found)
    return found


def _is_quick(parsed: Any, length: int) -> bool:
    return steps_of(parsed, length) <= _MAX_STEPS


def _one(item: tuple[Any, Any], flags: int) -> re.Pattern[str]:
    """Compile the pattern of a single character."""
    state = parser.State()
    state.flags = flags
    made: re.Pattern[str] = compiler.compile(parser.SubPattern(state, [item]), flags)
    return made


def _refused(pattern: str, why: str) -> ConfigurationError:
    shown = pattern if len(pattern) <= 200 else f"{pattern[:200]}…"
    return ConfigurationError(f"'{shown}' is neither a pair nor a valid wildcard: {why}")
