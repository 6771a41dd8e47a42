"""Rewrite the text of a strategy for interface 3."""

from typing import NamedTuple

from appliance.strategy.updating.finding import Finding
from appliance.strategy.updating.source import Source


class Update(NamedTuple):
    """State what became of a file: its new content, how many places changed, and lines of it to look at."""

    content: bytes
    changes: int
    notes: list[tuple[int, str]]


def updated(content: bytes) -> Update:
    """Return a file with the names of interface 3; comments and layout stay. Raises SyntaxError.

    Updating it again changes nothing.
    """
    source = Source(content)
    edits = set(_found(source).edits)
    new = source.changed(edits)
    return Update(new, len(edits), sorted(set(_found(Source(new)).notes)))


def _found(source: Source) -> Finding:
    finding = Finding(source)
    finding.visit(source.tree)
    return finding
