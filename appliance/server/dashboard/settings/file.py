"""Edit a configuration file: as text without secrets, checked, compared, then saved and reloaded.

An edit is held as a draft in memory, so that no page and no form has its secrets; addresses name the draft.
"""

from urllib.parse import quote

from aiohttp import web

from appliance.domain.errors import ApplianceError, ConfigurationError, NotFound, Refused
from appliance.queries.settings import files
from appliance.queries.settings.drafts import Draft
from appliance.server.auth.authenticator import refusal
from appliance.server.bot_slot import BOT_SLOT
from appliance.server.dashboard.access import acting, form_of, redirect
from appliance.server.dashboard.app_state import DASHBOARD
from appliance.server.dashboard.page_response import status_of
from appliance.server.dashboard.pages.frame import when_started
from appliance.server.dashboard.security.confirm import unconfirmed
from appliance.server.dashboard.session import Session
from appliance.server.dashboard.settings.frame import refused, settings_page
from appliance.server.dashboard.settings.places import least_role
from appliance.server.routing.command_audit import CommandRequest, audited
from appliance.server.routing.routes import find_route

_SAVE = find_route("POST", "/settings/file")


@when_started
async def show_file(request: web.Request, session: Session) -> web.Response:
    """Show a file in an editor, or the draft of an edit with what is wrong with it."""
    if session.caller.role < least_role("file"):
        return await settings_page(request, session, "file", {})
    slot, drafts = request.app[BOT_SLOT], request.app[DASHBOARD].drafts
    known = await files.configuration_files(slot)
    name = request.query.get("file", known[0].name if known else "")
    draft, problem = None, ""
    try:
        if "draft" in request.query:
            draft = drafts.find(request.query["draft"], session.id)
            name = str(draft.file)
        elif known:
            draft = drafts.keep(await files.begin(slot, name, session.id))
    except (NotFound, Refused) as error:
        problem = str(error)
    chosen = next((one for one in known if one.name == name), None)
    content = {"files": known, "chosen": chosen, "draft": draft, "problem": problem}
    return await settings_page(
        request, session, "file", content, status=404 if problem and not chosen else 200
    )


@acting
async def check_file(request: web.Request, session: Session) -> web.StreamResponse:
    """Check an edited text, and show what it changes, or what is wrong with it."""
    if session.caller.role < _SAVE.role:
        return await refused(request, session, "file", refusal(session.caller, _SAVE.role), 403)
    fields, drafts = await form_of(request), request.app[DASHBOARD].drafts
    try:
        draft = drafts.find(fields.get("draft", ""), session.id)
        checked = drafts.keep(await files.check(request.app[BOT_SLOT], draft, fields.get("text", "")))
    except ApplianceError as error:
        return await refused(request, session, "file", str(error), status_of(error))
    where = "" if checked.full is None else "/difference"
    return redirect(request, f"/settings/file{where}?draft={checked.id}")


@when_started
async def show_difference(request: web.Request, session: Session) -> web.Response:
    """Show what a checked edit changes, before it is saved."""
    if session.caller.role < least_role("file"):
        return await settings_page(request, session, "file", {})
    try:
        draft = request.app[DASHBOARD].drafts.find(request.query.get("draft", ""), session.id)
    except NotFound as error:
        return await refused(request, session, "file", str(error), error.http_status)
    if draft.full is None:
        return redirect(request, f"/settings/file?draft={quote(draft.id)}")
    return await settings_page(
        request, session, "file", {"draft": draft}, template="settings/difference.html"
    )


@acting
async def save_file(request: web.Request, session: Session) -> web.StreamResponse:
    """Save a checked edit and have the bot reload; show how that went."""
    if session.caller.role < _SAVE.role:
        return await refused(request, session, "file", refusal(session.caller, _SAVE.role), 403)
    if asked := await unconfirmed(request, session):
        return asked
    slot, drafts = request.app[BOT_SLOT], request.app[DASHBOARD].drafts
    fields = await form_of(request)
    try:
        draft = drafts.find(fields.get("draft", ""), session.id)
        outcome = await _saved(request, session, draft)
    except ApplianceError as error:
        return await refused(request, session, "file", f"Not saved: {error}", status_of(error))
    drafts.drop(draft)
    former = await files.former(slot, draft) if outcome["fault"] else None
    if former is not None:
        drafts.keep(former)
    content = {"draft": draft, "former": former, **outcome}
    return await settings_page(request, session, "file", content, template="settings/saved.html")


async def _saved(request: web.Request, session: Session, draft: Draft) -> dict[str, str]:
    """Save, reload, and return the name of the backup and how the reload went: `said`, or `fault`."""
    slot = request.app[BOT_SLOT]
    commanded = slot.bot or slot.require_workbench()
    given = {"file": str(draft.file), "changed": list(draft.changed)}
    command = CommandRequest(route=_SAVE, caller=session.caller, way="dashboard", given=given)
    async with audited(request, commanded, command) as outcome:
        backup = await files.save(slot, draft)
        outcome.said = f"saved, backup {backup}"
        try:
            said, fault = await files.apply(slot), ""
        except (ConfigurationError, Refused) as error:
            said, fault = "", str(error)
        outcome.said += f"; {fault or said}"
    return {"backup": backup, "said": said, "fault": fault}
