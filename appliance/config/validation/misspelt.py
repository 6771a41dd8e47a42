"""Find misspelt keys: unknown keys that are close to a known name.

Strategies read their own keys from the configuration, so not every unknown key is an error. A misspelt one
leaves the intended setting at its default: `max_open_trade: 2` means no limit at all.
"""

import re
from collections.abc import Callable, Iterable, Iterator

NOTES = ("_", "$", "#", "/")
"""Prefixes of keys that are notes or disabled settings."""
_SHORT, _MIDDLE, _LONG = 4, 8, 16
_SHORTENED = {"maximum": "max", "minimum": "min"}
_UNCHANGED = ("price", "prices")
"""Words left as they are: `entry_price` may be a setting of the strategy, not `entry_pricing`."""
_NUMBERED = re.compile(r"[a-z]?[0-9]")


def misspelt(key: object, known: Iterable[str], *, alone: bool, value: object = None) -> str | None:
    """Return the known name that `key` is a misspelling of; None if it looks like a name of its own.

    `alone`: only this program reads the section. Elsewhere a name with a missing word counts only with a
    plain value: `max_trades: 2`, but not a section of a strategy.
    """
    if not isinstance(key, str) or key.startswith(NOTES):
        return None
    names = list(known)
    closest = min(names, key=lambda name: _distance(_bare(key), _bare(name)), default=None)
    if closest is not None and _is_close(key, closest, alone=alone):
        return closest
    for is_misspelling in _word_checks(alone=alone, value=value):
        if found := next((name for name in names if is_misspelling(key, name)), None):
            return found
    return None


def _word_checks(*, alone: bool, value: object) -> Iterator[Callable[[str, str], bool]]:
    """Yield the comparisons word by word, the most certain first."""
    yield _has_same_words
    if alone:
        yield _is_the_long_word_of
    if alone or not isinstance(value, dict | list):
        yield _misses_a_word


def _is_close(key: str, name: str, *, alone: bool) -> bool:
    bare, meant = _bare(key), _bare(name)
    if bare.startswith(meant) and _NUMBERED.match(bare[len(meant) :]):
        return False  # `timeframe_2`, `pair_whitelist2`: a second one, or one saved for later
    if _adds_a_word(key, name) or (len(meant) < _SHORT and not alone):
        return False
    allowed = 1 if len(meant) < _MIDDLE else 2 if len(meant) < _LONG else 3
    return _distance(bare, meant) <= allowed


def _bare(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _words(name: str) -> list[str]:
    return [word for word in re.split(r"[^a-z0-9]+", name.lower()) if word]


def _adds_a_word(key: str, name: str) -> bool:
    words, meant = _words(key), _words(name)
    added = [word for word in words if word not in meant]
    return (
        len(words) > len(meant) and [word for word in words if word in meant] == meant and len(added[0]) > 1
    )


def _has_same_words(key: str, name: str) -> bool:
    """Return whether the words are the same in any order and form: `trade_mode`, `maximum_open_trades`."""
    return len(_words(name)) > 1 and sorted(map(_root, _words(key))) == sorted(map(_root, _words(name)))


def _root(word: str) -> str:
    word = _SHORTENED.get(word, word)
    return re.sub(r"(ing|ed|es|e|s)$", "", word) if len(word) > _SHORT and word not in _UNCHANGED else word


def _is_the_long_word_of(key: str, name: str) -> bool:
    """Return whether the key is the second of two words, and long: `blacklist` for `pair_blacklist`."""
    words = _words(name)
    return len(words) == 2 and len(words[1]) >= _MIDDLE and _bare(key) == words[1]


def _misses_a_word(key: str, name: str) -> bool:
    words, meant = _words(key), _words(name)
    return len(meant) > 2 and any(words == meant[:at] + meant[at + 1 :] for at in range(len(meant)))


def _distance(one: str, other: str) -> int:
    """Return how many letters were added, omitted, replaced or swapped with their neighbours."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, start=1):
        current = [row]
        for column, meant in enumerate(other, start=1):
            cost = min(last[column] + 1, current[-1] + 1, last[column - 1] + (letter != meant))
            if row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == meant:
                cost = min(cost, before[column - 2] + 1)
            current.append(cost)
        before, last = last, current
    return last[-1]
