"""Tell how many steps Python's matcher may take for an expression, at most; some need more than a lifetime.

`re` tries one way after the other to match, and holds every other thread of the process up meanwhile. The
number of ways follows from the expression and the length of the text: what is counted here is never less.
"""

import math
from typing import Any, NamedTuple

Parsed = Any
"""What Python's own parser makes of an expression."""


class Cost(NamedTuple):
    """Count the steps to try all ways to match from one place of the text, and these ways."""

    steps: float
    ways: float


def steps_of(parsed: Parsed, length: int) -> float:
    """Return the most steps for a text of `length` characters; infinite where nobody would wait for it."""
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
    # Plain words: those that match at one place begin with one another.
    return Cost(sum(1.0 + len(word or "") for word in words), _most_nested(sorted(map(str, words))))


def _either(costs: list[Cost]) -> Cost:
    return Cost(sum(cost.steps for cost in costs), sum(cost.ways for cost in costs) or 1.0)


def _word(items: Parsed) -> str | None:
    """Return what is a word and nothing else, in small letters."""
    letters = [chr(given).lower() if str(kind) == "LITERAL" else None for kind, given in items]
    return None if None in letters else "".join(map(str, letters))


def _most_nested(words: list[str]) -> float:
    """Return the most of these (sorted) words that one text can begin with."""
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
    # What matches nothing goes on no longer than it has to.
    rounds = max(least, length // shortest) if shortest else least + length
    rounds = min(rounds, most)
    if ways <= 1.0:
        return Cost(1.0 + steps * (rounds + 1), 1.0 + max(0, rounds - least))
    if rounds * math.log(ways) > 50.0:
        return Cost(math.inf, math.inf)
    every = sum(ways**count for count in range(rounds + 1))
    return Cost(1.0 + steps * every, every)


def characters_of(parsed: Parsed) -> int:
    """Return how many characters all ranges of an expression name; compiling it looks at each of them."""
    if isinstance(parsed, tuple) and len(parsed) == 2 and str(parsed[0]) == "RANGE":
        lowest, highest = parsed[1]
        return int(highest) - int(lowest)
    if isinstance(parsed, tuple | list):
        return sum(map(characters_of, parsed))
    return characters_of(parsed.data) if hasattr(parsed, "data") else 0
