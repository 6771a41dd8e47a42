"""Edit the configuration files that the bot was started with: read, try, compare, save, reload.

A draft stays in this process: the page gets its text without secrets.
"""

import secrets
import time
from collections import OrderedDict
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from appliance.bot.reload import changes_that_need_a_restart
from appliance.config.changes import changes
from appliance.config.editing import saved_files
from appliance.config.editing.difference import DiffLine, difference
from appliance.config.editing.hiding import HiddenText, hidden, put_back
from appliance.config.editing.saved_files import FileText
from appliance.config.jsonc import JsonError, parse
from appliance.config.loading import LoadedSettings, reload
from appliance.config.secrets import Mask, is_secret, secret_values
from appliance.config.sources.editing import CannotEdit
from appliance.domain.errors import ConfigurationError, NotFound, Refused
from appliance.queries.bot_slot import BotSlot
from appliance.threads import for_readers

DRAFT_SECONDS = 1800.0
MOST_DRAFTS = 16
_FILE_SUFFIX = "_file"


class ConfigurationFile(Struct, frozen=True, kw_only=True):
    """Show a file: `read_only` says why it cannot be saved, empty if it can."""

    name: str
    folder: str
    read_only: str
    backups: list[str]


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


async def configuration_files(slot: BotSlot) -> list[ConfigurationFile]:
    """Return the files that the configuration was read from. Raises Starting."""
    return await for_readers(_files, slot.loaded)


async def begin(slot: BotSlot, name: str, owner: str) -> Draft:
    """Open a file for editing. Raises NotFound for any other file, Refused if it cannot be edited."""
    loaded = slot.loaded
    file = saved_files.named(name, loaded.files)
    if file is None:
        raise NotFound("This is not a configuration file of this bot")
    return await for_readers(_opened, loaded, file, owner)


async def check(slot: BotSlot, draft: Draft, text: str) -> Draft:
    """Return the draft with another text, checked by the loader together with all other sources."""
    return await for_readers(_checked, slot.loaded, draft, text)


async def save(slot: BotSlot, draft: Draft) -> str:
    """Save a checked draft; return the name of the backup. Raises Refused: then the file is as it was."""
    if draft.full is None or draft.problems:
        raise Refused("This edit is not in order yet: check it first")
    if saved_files.named(str(draft.file), slot.loaded.files) is None:
        raise Refused("This is no longer a configuration file of this bot")
    now = datetime.now(UTC)
    try:
        return (await for_readers(saved_files.save, draft.file, draft.before, draft.full, now)).name
    except CannotEdit as error:
        raise Refused(str(error)) from None


async def former(slot: BotSlot, saved: Draft) -> Draft | None:
    """Return the draft that puts the text before a saved one back; None if that is not in order either."""
    try:
        now = await begin(slot, str(saved.file), saved.owner)
    except (NotFound, Refused):
        return None
    shown = await for_readers(hidden, saved.before.text, _known(slot.loaded))
    draft = await check(slot, msgspec.structs.replace(now, shown=shown), shown.text)
    return draft if draft.full is not None else None


async def apply(slot: BotSlot) -> str:
    """Reload the bot; return how that went. Raises ConfigurationError if the bot stays as it was."""
    if slot.bot is None:
        return "Jobs read the file when they start; settings of the server take effect at its next start."
    return await slot.bot.reload()


def changed_by(loaded: LoadedSettings, file: Path, text: str, before: str) -> tuple[list[str], list[str]]:
    """Try a text for a file: return the changed keys, and what should be known before it is saved.

    Raises ConfigurationError with every problem that the loader has with it.
    """
    if faults := list(_not_here(_values(before), _values(text))):
        raise ConfigurationError(*(f"{file}: {fault}" for fault in faults))
    fresh = reload(loaded, drafts={file: text})
    was, becomes = changes(loaded.gathered.values, fresh.gathered.values)
    notes = [line for line in fresh.warnings if line not in loaded.warnings]
    if keys := changes_that_need_a_restart(loaded.settings, fresh.settings):
        notes.append(
            f"{', '.join(keys)} cannot change while the bot runs: it keeps its settings until a restart"
        )
    return list(dict.fromkeys([*was, *becomes])), notes


def _files(loaded: LoadedSettings) -> list[ConfigurationFile]:
    return [
        ConfigurationFile(
            name=str(file),
            folder=str(file.parent.absolute()),
            read_only=saved_files.why_read_only(file),
            backups=[backup.name for backup in saved_files.backups_of(file)],
        )
        for file in dict.fromkeys(loaded.files)
    ]


def _opened(loaded: LoadedSettings, file: Path, owner: str) -> Draft:
    try:
        before = saved_files.read(file)
        parse(before.text, str(file))
    except CannotEdit as error:
        raise Refused(str(error)) from None
    except JsonError as error:
        raise Refused(f"{error}; repair it on the machine itself: nothing of it is shown here") from None
    return Draft(
        id=secrets.token_hex(16),
        owner=owner,
        file=file,
        before=before,
        shown=hidden(before.text, _known(loaded)),
        made_at=time.monotonic(),
    )


def _checked(loaded: LoadedSettings, draft: Draft, text: str) -> Draft:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    known = _known(loaded)
    shown = hidden(text, known, draft.shown.secrets)
    draft = msgspec.structs.replace(
        draft,
        id=secrets.token_hex(16),
        shown=shown,
        full=None,
        problems=(),
        notes=(),
        changed=(),
        difference=(),
        made_at=time.monotonic(),
    )
    if len(text.encode(errors="replace")) > saved_files.LARGEST:
        problem = f"{draft.file}: expected at most {saved_files.LARGEST // 1024} KiB"
        return msgspec.structs.replace(draft, problems=(problem,))
    try:
        full = put_back(shown, str(draft.file))
        changed, notes = changed_by(loaded, draft.file, full, draft.before.text)
    except CannotEdit as error:
        return msgspec.structs.replace(draft, problems=tuple(str(error).splitlines()))
    except ConfigurationError as error:
        mask = _mask(loaded, shown)
        return msgspec.structs.replace(draft, problems=tuple(map(mask, error.problems)))
    mask = _mask(loaded, shown)
    return msgspec.structs.replace(
        draft,
        full=full,
        notes=tuple(map(mask, notes)),
        changed=tuple(changed),
        difference=tuple(difference(draft.before.text, full, known)),
    )


def _known(loaded: LoadedSettings) -> list[str]:
    """Return the secrets of all sources, the credentials that a dry-run drops included."""
    return list(secret_values(loaded.gathered.values))


def _mask(loaded: LoadedSettings, shown: HiddenText) -> Mask:
    """Return what masks the secrets in use and those of the edited text."""
    mask = Mask()
    mask.learn(loaded.gathered.values)
    typed = [secret.source.strip('"') for secret in shown.secrets.values()]
    mask.learn({"secret": typed})
    return mask


def _values(text: str) -> Any:
    try:
        return parse(text, "").value
    except JsonError:
        return {}


def _not_here(before: Any, after: Any) -> Iterator[str]:
    """Yield what a page must not change: which other files are read."""
    old, new = dict(_file_names(before, ())), dict(_file_names(after, ()))
    for path in sorted(old.keys() | new.keys()):
        if new.get(path, old.get(path)) != old.get(path):
            yield f"{path}: names a file to read, which only an edit on the machine itself may change"


def _file_names(values: Any, above: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    for key, value in values.items() if isinstance(values, dict) else ():
        path = (*above, key)
        is_secret_file = key.endswith(_FILE_SUFFIX) and is_secret((key.removesuffix(_FILE_SUFFIX),))
        if is_secret_file or path == ("add_config_files",):
            yield ".".join(path), value
        else:
            yield from _file_names(value, path)
