"""Remember what the last evaluation of a chain did: how many pairs each list got and gave, and why fewer."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Struct

MOST_REMOVED = 500
"""Pairs of which it is remembered that a list removed them and why; the number counts all."""


class ChainStep(Struct, frozen=True, kw_only=True):
    """Hold what one list did. `before` is None for the list that generates the pairs.

    `removed` has the reason of each pair, of at most `MOST_REMOVED`; `removed_count` counts all of them.
    `sorts`: the pairs that stayed came out in another order.
    """

    name: str
    does: str
    before: int | None
    after: int
    removed: Mapping[str, str]
    removed_count: int
    added_count: int
    sorts: bool


class Evaluation(Struct, frozen=True, kw_only=True):
    """Hold what each list did, in their order; `at` is when (UTC)."""

    at: datetime
    steps: Sequence[ChainStep]


def step_of(
    name: str, does: str, given: Sequence[str] | None, returned: Sequence[str], reasons: Mapping[str, str]
) -> ChainStep:
    """Compare what a list got and gave; `reasons` has why pairs were removed."""
    kept, before = dict.fromkeys(returned), given or ()
    gone = [pair for pair in before if pair not in kept] if given is not None else list(reasons)
    had = set(before)
    stayed = [pair for pair in returned if pair in had]
    return ChainStep(
        name=name,
        does=does,
        before=None if given is None else len(given),
        after=len(returned),
        removed={pair: reasons[pair] for pair in gone[:MOST_REMOVED]},
        removed_count=len(gone),
        added_count=len(returned) - len(stayed) if given is not None else 0,
        sorts=given is not None and stayed != [pair for pair in before if pair in kept],
    )
