"""Bound the steps that Python's `re` may need for an expression.

`re` backtracks: it tries one way to match after the other, and holds the interpreter lock meanwhile. The
number of ways follows from the expression and the length of the text; the bound here is never below it.
"""

import math
from typing import Any, NamedTuple

Parsed = Any
"""An expression as Python's own parser returns it."""


class Cost(NamedTuple):
    """State how many ways there are to match from one position, and the steps to try all of them."""

    steps: float
    ways: float


def steps_of(parsed: Parsed, length: int) -> float:
    """Return the upper bound of steps for a text of `length` characters; infinite if it is astronomical."""
    return _sequence(parsed, length).steps


def _sequence(items: Parsed, length: int) -> Cost:
    steps, ways = 1.0, 1.0
    for item in items:
        cost = _item(item, length)
        steps += ways * cost.steps
        ways *= cost.ways
    return Cost(steps, ways)


def _item(item: tuple[Any, Any], length: int) -> Cost:
    kind, given = str(item[0]), item[1]
    match kind:
        case "BRANCH":
            return _branch(given[1], length)
        case "SUBPATTERN":
            return _sequence(given[-1], length)
        case "MAX_REPEAT" | "MIN_REPEAT":
            return _repeat(given, length)
        case "POSSESSIVE_REPEAT":
            return Cost(_repeat(given, length).steps, 1.0)
        case "ATOMIC_GROUP":
            return Cost(_sequence(given, length).steps, 1.0)
        case "ASSERT" | "ASSERT_NOT":
            return Cost(_sequence(given[1], length).steps, 1.0)
        case "GROUPREF":
            return Cost(float(length), 1.0)
        case "GROUPREF_EXISTS":
            return _either([_sequence(each, length) for each in given[1:] if each is not None])
    return Cost(1.0, 1.0)


def _branch(alternatives: list[Parsed], length: int) -> Cost:
    words = [_word(each) for each in alternatives]
    if None in words:
        return _either([_sequence(each, length) for each in alternatives])
    # Plain words: those that match at one position are prefixes of one another.
    return Cost(sum(1.0 + len(word or "") for word in words), _most_nested(sorted(map(str, words))))


def _either(costs: list[Cost]) -> Cost:
    return Cost(sum(cost.steps for cost in costs), sum(cost.ways for cost in costs) or 1.0)


def _word(items: Parsed) -> str | None:
    """Return an item that is a plain word, in lower case; None if it is not."""
    letters = [chr(given).lower() if str(kind) == "LITERAL" else None for kind, given in items]
    return None if None in letters else "".join(map(str, letters))


def _most_nested(words: list[str]) -> float:
    """Return how many of these sorted words one text can begin with at most."""
    most, begun = 1, list[str]()
    for word in words:
        while begun and not word.startswith(begun[-1]):
            begun.pop()
        begun.append(word)
        most = max(most, len(begun))
    return float(most)


def _repeat(given: tuple[Any, Any, Parsed], length: int) -> Cost:
    least, most, body = int(given[0]), int(given[1]), given[2]
    steps, ways = _sequence(body, length)
    shortest = body.getwidth()[0]
    # `re` repeats an empty match no longer than the minimum demands.
    rounds = max(least, length // shortest) if shortest else least + length
    rounds = min(rounds, most)
    if ways <= 1.0:
        return Cost(1.0 + steps * (rounds + 1), 1.0 + max(0, rounds - least))
    if rounds * math.log(ways) > 50.0:
        return Cost(math.inf, math.inf)
    every = sum(ways**count for count in range(rounds + 1))
    return Cost(1.0 + steps * every, every)


def characters_of(parsed: Parsed) -> int:
    """Return the number of characters in all ranges of an expression; compiling it visits each of them."""
    if isinstance(parsed, tuple) and len(parsed) == 2 and str(parsed[0]) == "RANGE":
        lowest, highest = parsed[1]
        return int(highest) - int(lowest)
    if isinstance(parsed, tuple | list):
        return sum(map(characters_of, parsed))
    return characters_of(parsed.data) if hasattr(parsed, "data") else 0
