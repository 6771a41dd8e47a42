"""Take several values after one option, as freqtrade does: `--pairs BTC/USDT ETH/USDT`."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any

import click


class ManyValues(click.Option):
    """An option that takes every word up to the next option."""

    def __init__(self, names: Sequence[str], **settings: Any) -> None:
        super().__init__(names, **{**settings, "multiple": True})


class CommandOfMany(click.Command):
    """A command whose `ManyValues` may be followed by several words."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        names = {name for option in self.params if isinstance(option, ManyValues) for name in option.opts}
        return super().parse_args(ctx, list(spread(args, names)))


def spread(words: Sequence[str], names: Collection[str]) -> Iterator[str]:
    """Yield the words with the option's name again before each further value."""
    current = ""
    is_first = False
    for word in words:
        if word.startswith("-") and word != "-":
            current, is_first = word if word in names else "", True
        elif current and not is_first:
            yield current
        else:
            is_first = False
        yield word
