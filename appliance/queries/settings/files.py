"""Edit the configuration files that the bot was started with: read, try, compare, save, reload.

A draft stays in this process: the page gets its text without secrets.
"""

import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from msgspec import Struct

from appliance.config.editing import saved_files
from appliance.config.editing.difference import difference
from appliance.config.editing.hiding import HiddenText, hidden, put_back
from appliance.config.jsonc import JsonError, parse
from appliance.config.loading import LoadedSettings
from appliance.config.secrets import Mask, secret_values
from appliance.config.sources.editing import CannotEdit
from appliance.domain.errors import ConfigurationError, NotFound, Refused
from appliance.queries.bot_slot import BotSlot
from appliance.queries.settings.drafts import Draft
from appliance.queries.settings.trial import changed_by
from appliance.threads import for_readers


class ConfigurationFile(Struct, frozen=True, kw_only=True):
    """Show a file: `read_only` says why it cannot be saved, empty if it can."""

    name: str
    folder: str
    read_only: str
    backups: list[str]


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
    """Return the draft with another text, checked by the loader together with all other sources.

    Raises Refused for a text that is too large, or has too many secrets.
    """
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


async def edit(slot: BotSlot, file: Path, change: Callable[[str], str]) -> str:
    """Change the text of a file by a function, try it and save it; return the name of the backup.

    Raises Refused, ConfigurationError: then the file is as it was.
    """
    loaded, now = slot.loaded, datetime.now(UTC)

    def work() -> str:
        try:
            with saved_files.changing:
                before = saved_files.read(file)
                text = change(before.text)
                changed_by(loaded, file, text, before.text)
                return saved_files.save(file, before, text, now).name
        except CannotEdit as error:
            raise Refused(str(error)) from None

    return await for_readers(work)


async def apply(slot: BotSlot) -> str:
    """Reload the bot; return how that went. Raises ConfigurationError if the bot stays as it was."""
    if slot.bot is None:
        return "Jobs read the file when they start; settings of the server take effect at its next start."
    return await slot.bot.reload()


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
        shown = hidden(before.text, _known(loaded))
    except CannotEdit as error:
        raise Refused(str(error)) from None
    except JsonError as error:
        raise Refused(f"{error}; repair it on the machine itself: nothing of it is shown here") from None
    return Draft(
        id=secrets.token_hex(16),
        owner=owner,
        file=file,
        before=before,
        shown=shown,
        made_at=time.monotonic(),
    )


def _checked(loaded: LoadedSettings, draft: Draft, text: str) -> Draft:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    known = _known(loaded)
    if len(text.encode(errors="replace")) > saved_files.LARGEST:
        raise Refused(f"{draft.file}: expected at most {saved_files.LARGEST // 1024} KiB of text")
    try:
        shown = hidden(text, known, draft.shown.secrets)
    except CannotEdit as error:
        raise Refused(str(error)) from None
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
