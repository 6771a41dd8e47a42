"""Hold edits of configuration files in memory, so that no page and no form has their secrets."""

import time
from collections import OrderedDict
from pathlib import Path

from msgspec import Struct

from appliance.config.editing.difference import DiffLine
from appliance.config.editing.hiding import HiddenText
from appliance.config.editing.saved_files import FileText
from appliance.domain.errors import NotFound

DRAFT_SECONDS = 1800.0
MOST_DRAFTS = 16


class Draft(Struct, frozen=True, kw_only=True):
    """Hold an edit: its text without secrets, and `full`, the text to be saved, once it is in order.

    `problems` are those of the last check; `notes` what should be known before it is saved. `owner` is the
    session that it belongs to.
    """

    id: str
    owner: str
    file: Path
    before: FileText
    shown: HiddenText
    full: str | None = None
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    difference: tuple[DiffLine, ...] = ()
    made_at: float = 0.0

    def __repr__(self) -> str:
        return f"Draft({self.id})"


class Drafts:
    """Hold a few edits in memory, each for the session that began it, until they are saved or old."""

    def __init__(self) -> None:
        self._drafts: OrderedDict[str, Draft] = OrderedDict()

    def keep(self, draft: Draft) -> Draft:
        """Hold a draft; the oldest gives way to it."""
        self._drafts[draft.id] = draft
        while len(self._drafts) > MOST_DRAFTS:
            self._drafts.popitem(last=False)
        return draft

    def find(self, name: str, owner: str) -> Draft:
        """Return a draft of this session. Raises NotFound."""
        draft = self._drafts.get(name)
        if draft is None or draft.owner != owner or time.monotonic() - draft.made_at > DRAFT_SECONDS:
            raise NotFound("This edit is no longer held: open the file again")
        return draft

    def drop(self, draft: Draft) -> None:
        self._drafts.pop(draft.id, None)
