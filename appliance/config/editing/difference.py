"""Compare the text of a configuration file with another version, without their secrets."""

import difflib
import re
from collections.abc import Collection, Mapping
from typing import Literal

from msgspec import Struct

from appliance.config.editing.hiding import PLACEHOLDER, HiddenText, Secret, hidden

AROUND = 3
"""Unchanged lines that are shown around a change."""
_CHANGED = "«new secret»"


class DiffLine(Struct, frozen=True):
    """Show a line: unchanged, added or removed; `gap` stands for lines that are left out.

    `old` and `new` are its numbers, 0 where it has none.
    """

    kind: Literal["same", "added", "removed", "gap"]
    text: str
    old: int = 0
    new: int = 0


def difference(old: str, new: str, known: Collection[str] = ()) -> list[DiffLine]:
    """Return what changes, line by line, with a few lines around; empty if nothing does."""
    before, after = hidden(old, known), hidden(new, known)
    first, second = _marked(before, {}), _marked(after, before.secrets)
    matcher = difflib.SequenceMatcher(None, first, second, autojunk=True)
    lines: list[DiffLine] = []
    for group in matcher.get_grouped_opcodes(AROUND):
        if lines or group[0][1] > 0:
            lines.append(DiffLine("gap", ""))
        for kind, i1, i2, j1, j2 in group:
            if kind == "equal":
                pairs = zip(range(i1, i2), range(j1, j2), strict=True)
                lines += [DiffLine("same", first[i], i + 1, j + 1) for i, j in pairs]
                continue
            lines += [DiffLine("removed", first[i], i + 1) for i in range(i1, i2)]
            lines += [DiffLine("added", second[j], 0, j + 1) for j in range(j1, j2)]
    return lines


def _marked(text: HiddenText, before: Mapping[str, Secret]) -> list[str]:
    """Return the lines, with another placeholder for each secret that is not the one before."""

    def placeholder(match: re.Match[str]) -> str:
        earlier, now = before.get(match.group("name")), text.secrets.get(match.group("name"))
        if earlier is None or now is None or earlier.source == now.source:
            return match.group()
        return f'"{_CHANGED}"' if match.group("whole") else _CHANGED

    return PLACEHOLDER.sub(placeholder, text.text).split("\n")
