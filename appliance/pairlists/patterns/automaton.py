"""Match an expression in time linear in the text, for any expression.

The automaton follows all ways to match at once, where Python's `re` tries one after the other. It is slower
for ordinary expressions, so it is used only where `re` could backtrack for too long. Single characters are
matched by `re`.
"""

import re
from collections.abc import Callable
from typing import Any

Parsed = Any
"""An expression as Python's own parser returns it."""
MAX_STATES = 1000
"""Limit of states of an automaton; each costs time with every character."""
_MAX_CACHED = 100_000
"""Limit of states in all cached steps together: some megabytes."""

_CHARACTERS = {"LITERAL", "NOT_LITERAL", "ANY", "ANY_ALL", "IN"}
_BEGINNINGS = {"AT_BEGINNING", "AT_BEGINNING_STRING"}
_ENDS = {"AT_END", "AT_END_STRING"}
_FREE, _BEGIN, _END = "free", "begin", "end"


class NoAutomaton(Exception):
    """Say why there is no automaton for an expression."""


class Automaton:
    """Match whole lines of text. `one` compiles the pattern of one character.

    Raises NoAutomaton for an expression with lookaround or backreferences, or with too many states.
    """

    def __init__(self, parsed: Parsed, flags: int, one: Callable[[Any, int], re.Pattern[str]]) -> None:
        if flags & re.MULTILINE:
            raise NoAutomaton("it uses the flag for several lines")
        self._one = one
        # What each state needs (a character, or a position in the text), and the states that follow.
        self._needs: list[re.Pattern[str] | str] = []
        self._next: list[list[int]] = []
        self._tests: dict[tuple[str, int], re.Pattern[str]] = {}
        self._last = self._state(_FREE)
        first = self._sequence(parsed, self._last, flags)
        self._begun = self._reached({first}, _BEGIN)
        self._steps: dict[tuple[frozenset[int], str], frozenset[int]] = {}
        self._cached = 0

    def __len__(self) -> int:
        """Return the number of states."""
        return len(self._needs)

    def clear_cache(self) -> None:
        """Drop the cached steps, which speed up matching many texts."""
        self._steps.clear()
        self._cached = 0

    def fullmatch(self, text: str) -> bool:
        """Return whether the whole text matches. It has no line breaks."""
        states = self._begun
        for character in text:
            known = self._steps.get((states, character))
            states = self._step(states, character) if known is None else known
            if not states:
                return False
        at_once = {_BEGIN, _END} if not text else {_END}
        return self._last in self._reached(set(states), *at_once)

    def _step(self, states: frozenset[int], character: str) -> frozenset[int]:
        if self._cached >= _MAX_CACHED:
            self.clear_cache()
        answers: dict[int, bool] = {}
        reached: set[int] = set()
        for state in states:
            test = self._needs[state]
            if isinstance(test, str):
                continue
            fits = answers.get(id(test))
            if fits is None:
                fits = answers[id(test)] = test.fullmatch(character) is not None
            if fits:
                reached.update(self._next[state])
        found = self._steps[states, character] = self._reached(reached)
        self._cached += len(found) + 1
        return found

    def _reached(self, states: set[int], *at: str) -> frozenset[int]:
        """Return these states, and those reachable from them without a character."""
        left = list(states)
        while left:
            state = left.pop()
            if self._needs[state] is not _FREE and self._needs[state] not in at:
                continue
            fresh = [after for after in self._next[state] if after not in states]
            states.update(fresh)
            left += fresh
        return frozenset(states)

    def _state(self, needs: re.Pattern[str] | str, *leads_to: int) -> int:
        if len(self._needs) >= MAX_STATES:
            raise NoAutomaton("it is too long")
        self._needs.append(needs)
        self._next.append(list(leads_to))
        return len(self._needs) - 1

    def _sequence(self, items: Parsed, after: int, flags: int) -> int:
        """Add states for these items, followed by `after`; return the first one."""
        for item in reversed(list(items)):
            after = self._item(item, after, flags)
        return after

    def _item(self, item: tuple[Any, Any], after: int, flags: int) -> int:
        kind, given = str(item[0]), item[1]
        if kind in _CHARACTERS:
            return self._state(self._test(item, flags), after)
        match kind:
            case "BRANCH":
                return self._state(_FREE, *[self._sequence(each, after, flags) for each in given[1]])
            case "SUBPATTERN":
                _, added, taken, body = given
                inner = flags
                if added & (re.ASCII | re.UNICODE):
                    inner &= ~(re.ASCII | re.UNICODE)
                return self._sequence(body, after, (inner | added) & ~taken)
            case "MAX_REPEAT" | "MIN_REPEAT":
                return self._repeat(given, after, flags)
            case "AT" if str(given) in _BEGINNINGS:
                return self._state(_BEGIN, after)
            case "AT" if str(given) in _ENDS:
                return self._state(_END, after)
        raise NoAutomaton("it has a lookaround or a backreference")

    def _repeat(self, given: tuple[Any, Any, Parsed], after: int, flags: int) -> int:
        least, most, body = int(given[0]), int(given[1]), given[2]
        if body.getwidth()[1] == 0:  # repeating an empty match changes nothing
            least, most = min(least, 1), min(most, 1)
        if most > MAX_STATES:
            if least > MAX_STATES:
                raise NoAutomaton("it is too long")
            again = self._state(_FREE, after)
            self._next[again].append(self._sequence(body, again, flags))
            after = again
        else:
            end = after
            for _ in range(most - least):
                after = self._state(_FREE, end, self._sequence(body, after, flags))
        for _ in range(least):
            after = self._sequence(body, after, flags)
        return after

    def _test(self, item: tuple[Any, Any], flags: int) -> re.Pattern[str]:
        key = (repr(item), flags)
        known = self._tests.get(key)
        if known is None:
            known = self._tests[key] = self._one(item, flags)
        return known
