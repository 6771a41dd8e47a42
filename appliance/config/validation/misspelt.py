"""Tell a misspelt key from one that is somebody's own: what is close to a known name, and what is not.

Strategies read keys of their own from the configuration, so not every unknown key is an error. One that is
close to a known name leaves that setting at its default, and `max_open_trade: 2` means no limit at all.
"""

import re
from collections.abc import Iterable

NOTES = ("_", "$", "#", "/")
"""What a key begins with that is a note, or a setting put aside."""
_SHORT, _MIDDLE, _LONG = 4, 8, 16
_SHORTENED = {"maximum": "max", "minimum": "min"}
_OF_ITS_OWN = ("price", "prices")
"""`entry_price` may well be a strategy's own setting, and no `entry_pricing`."""
_NUMBERED = re.compile(r"[a-z]?[0-9]")


def misspelt(key: object, known: Iterable[str], *, alone: bool, value: object = None) -> str | None:
    """Return the known name that `key` is a misspelling of, None where it looks like a name of its own.

    `alone` is for sections that nobody but the program reads. Elsewhere a name that lacks a word counts only
    with a plain value: `max_trades: 2`, but not a section of a strategy's own.
    """
    if not isinstance(key, str) or key.startswith(NOTES):
        return None
    names = list(known)
    closest = min(names, key=lambda name: _distance(_bare(key), _bare(name)), default=None)
    if closest is not None and _is_close(key, closest, alone=alone):
        return closest
    if same := next((name for name in names if _has_same_words(key, name)), None):
        return same
    if alone and (whole := next((name for name in names if _is_the_long_word_of(key, name)), None)):
        return whole
    if alone or not isinstance(value, dict | list):
        return next((name for name in names if _lacks_a_word(key, name)), None)
    return None


def _is_close(key: str, name: str, *, alone: bool) -> bool:
    bare, meant = _bare(key), _bare(name)
    if bare.startswith(meant) and _NUMBERED.match(bare[len(meant) :]):
        return False  # `timeframe_2`, `pair_whitelist2`: a second one, or one that is kept for later
    if _adds_a_word(key, name) or (len(meant) < _SHORT and not alone):
        return False
    allowed = 1 if len(meant) < _MIDDLE else 2 if len(meant) < _LONG else 3
    return _distance(bare, meant) <= allowed


def _bare(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _words(name: str) -> list[str]:
    return [word for word in re.split(r"[^a-z0-9]+", name.lower()) if word]


def _adds_a_word(key: str, name: str) -> bool:
    there, meant = _words(key), _words(name)
    added = [word for word in there if word not in meant]
    return (
        len(there) > len(meant) and [word for word in there if word in meant] == meant and len(added[0]) > 1
    )


def _has_same_words(key: str, name: str) -> bool:
    """Tell whether the words are the same in any order and form: `trade_mode`, `maximum_open_trades`."""
    return len(_words(name)) > 1 and sorted(map(_root, _words(key))) == sorted(map(_root, _words(name)))


def _root(word: str) -> str:
    word = _SHORTENED.get(word, word)
    return re.sub(r"(ing|ed|es|e|s)$", "", word) if len(word) > _SHORT and word not in _OF_ITS_OWN else word


def _is_the_long_word_of(key: str, name: str) -> bool:
    """Tell whether the key is the second of two words, and long: `blacklist` for `pair_blacklist`."""
    words = _words(name)
    return len(words) == 2 and len(words[1]) >= _MIDDLE and _bare(key) == words[1]


def _lacks_a_word(key: str, name: str) -> bool:
    there, meant = _words(key), _words(name)
    return len(meant) > 2 and any(there == meant[:at] + meant[at + 1 :] for at in range(len(meant)))


def _distance(one: str, other: str) -> int:
    """How many letters were added, left out, replaced or exchanged with their neighbours."""
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
