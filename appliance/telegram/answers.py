"""Define requests of the chat, and what an answer to them is made of."""

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

import msgspec

from appliance.domain.errors import Refused
from appliance.notify.pages import Block
from appliance.notify.text import html_row
from appliance.queries.bot_slot import BotSlot

if TYPE_CHECKING:
    from appliance.bot.bot import Bot

MOST_DIGITS = 9
"""Digits that are still read as a number."""


class Button(msgspec.Struct, frozen=True):
    """Hold a button under a message: pressing it sends `line`, a command; "" removes the buttons."""

    text: str
    line: str = ""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """Hold an answer; `refresh` adds a button that sends the same command again."""

    blocks: tuple[Block, ...]
    buttons: tuple[tuple[Button, ...], ...] = ()
    refresh: bool = False


class ChatRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Hold what a command works with: the words behind it, the bot, and the cached answers (`slot`)."""

    bot: "Bot"
    slot: BotSlot
    words: tuple[str, ...] = ()

    def trade_id(self) -> int:
        """Return the first word as the id of a trade. Raises Refused."""
        if not self.words:
            raise Refused("Name a trade by its id.")
        return number(self.words[0], "the id of a trade")

    def pair(self, place: int = 0) -> str:
        """Return the pair that a word names, in capitals: few people type them on a telephone."""
        word = self.words[place]
        return word if word in self.bot.gateway.markets else word.upper()

    def count(self, default: int, most: int) -> int:
        """Return the first word as a number from 1 to `most`; `default` without one. Raises Refused."""
        return min(max(number(self.words[0], "a number"), 1), most) if self.words else default


def text_answer(text: str) -> Answer:
    """Return an answer of plain text."""
    return Answer(blocks=(Block(tuple(escape(text, quote=False).split("\n"))),))


def rows(*shown: tuple[str, object] | None, title: str = "") -> Block:
    """Return rows of label and value; items that are None are left out."""
    head = (f"<b>{escape(title, quote=False)}</b>",) if title else ()
    return Block((*head, *(html_row(label, value) for label, value in filter(None, shown))))


def heading(text: str) -> Block:
    return Block((f"<b>{escape(text, quote=False)}</b>",))


def table(headers: Sequence[str], lines: Sequence[Sequence[object]]) -> Block:
    """Return a table in fixed width, as narrow as its content: telephones are narrow."""
    cells = [[str(cell) for cell in line] for line in lines]
    widths = [max(map(len, column)) for column in zip(headers, *cells, strict=True)]
    rule = ["-" * width for width in widths]
    return Block(
        tuple(
            "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
            for line in (headers, rule, *cells)
        ),
        fixed=True,
    )


def number(word: str, expected: str) -> int:
    """Return a word as a whole number. Raises Refused."""
    if not (word.isascii() and word.isdecimal() and len(word) <= MOST_DIGITS):
        raise Refused(f'Expected {expected}, found "{word:.40}".')
    return int(word)
