"""Make backups, list them, and send one to the browser."""

from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

from aiohttp import web

from appliance.domain.errors import StorageError
from appliance.queries.bot_slot import BotSlot
from appliance.queries.settings import backups
from appliance.server.bot_slot import BOT_SLOT
from appliance.server.dashboard.access import PAGE_HEADERS
from appliance.server.dashboard.pages.frame import when_started
from appliance.server.dashboard.session import Session
from appliance.server.dashboard.settings.commands import settings_command
from appliance.server.dashboard.settings.frame import settings_page
from appliance.server.dashboard.settings.places import least_role
from appliance.threads import for_readers

_PIECE = 256 * 1024


@when_started
async def show_backups(request: web.Request, session: Session) -> web.Response:
    """Show the backups in the user data folder."""
    return await _page(request, session, {})


async def _page(request: web.Request, session: Session, shown: dict[str, Any]) -> web.Response:
    if session.caller.role < least_role("backup"):
        return await settings_page(request, session, "backup", {})
    view = await backups.backups(request.app[BOT_SLOT])
    return await settings_page(request, session, "backup", {"view": view, "made": None, **shown})


@settings_command("/settings/backup", "backup", _page, asks=False)
async def make_backup(slot: BotSlot, _: Mapping[str, str]) -> tuple[str, dict[str, Any]]:
    """Make a backup that stays in the user data folder."""
    made = await backups.make_backup(slot)
    return f"made {made.file.name} with {len(made.manifest.files)} files", {"made": made}


async def _send(request: web.Request, _: Session, shown: dict[str, Any]) -> web.StreamResponse:
    file: Path = shown["file"]
    try:
        opened: IO[bytes] = await for_readers(file.open, "rb")
    except OSError as error:
        raise StorageError(f"{file.name}: cannot be read: {error.strerror}") from None
    headers = {
        **PAGE_HEADERS,
        "Content-Type": "application/gzip",
        "Content-Disposition": f'attachment; filename="{file.name}"',
    }
    response = web.StreamResponse(headers=headers)
    try:
        response.content_length = await for_readers(_size, opened)
        await response.prepare(request)
        while piece := await for_readers(opened.read, _PIECE):
            await response.write(piece)
        await response.write_eof()
    finally:
        await for_readers(opened.close)
    return response


@settings_command("/settings/backup/download", "backup", _send)
async def download_backup(slot: BotSlot, fields: Mapping[str, str]) -> tuple[str, dict[str, Any]]:
    """Send a backup to the browser: one that is there, or a new one."""
    name = fields.get("name", "")
    file = await backups.find_backup(slot, name) if name else (await backups.make_backup(slot)).file
    return f"sends {file.name}", {"file": file}


def _size(opened: IO[bytes]) -> int:
    size = opened.seek(0, 2)
    opened.seek(0)
    return size
