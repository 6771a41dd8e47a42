"""Answer with pages of research: their common navigation, whether jobs can be run, and what runs."""

import shlex
from collections.abc import Awaitable, Callable, Mapping
from functools import wraps
from typing import Any

from aiohttp import web

from appliance.domain.errors import ApplianceError, NotFound, Refused, Starting, WrongMode
from appliance.queries.workbench import Workbench
from appliance.server.auth.authenticator import refusal
from appliance.server.bot_slot import BOT_SLOT
from appliance.server.dashboard.access import PAGE_HEADERS, Handler, acting, form_of, redirect
from appliance.server.dashboard.pages.frame import Page, rendered, when_started
from appliance.server.dashboard.research.bench import research_of
from appliance.server.dashboard.research.job_rows import JobRow, rows_of
from appliance.server.dashboard.session import Session
from appliance.server.routing.command_audit import CommandRequest, audited
from appliance.server.routing.route import Method
from appliance.server.routing.routes import find_route

PLACES = (
    ("results", "research", "Backtests"),
    ("searches", "research/searches", "Searches"),
    ("analyses", "research/analyses", "Analyses"),
    ("data", "research/data", "Data"),
    ("jobs", "research/jobs", "Jobs"),
)
"""Name, address and title of each part, in their order."""

Fields = Mapping[str, str]
Show = Callable[[web.Request, Session, Workbench], Awaitable[web.StreamResponse]]
CarryOut = Callable[[Workbench, Fields], Awaitable[str]]
"""Carries out a command with the fields of a form, and returns the address to go on with."""
Again = Callable[[web.Request, Session, Workbench, Fields, str, int], Awaitable[web.StreamResponse]]
"""Shows the form again, with what was given and what is wrong with it."""


def showing(handler: Show) -> Handler:
    """Wrap a page of research; it gets what it reads with."""

    @wraps(handler)
    async def shown(request: web.Request, session: Session) -> web.StreamResponse:
        try:
            return await handler(request, session, await research_of(request).bench())
        except Refused as error:  # a process that reads could not be had, or was refused
            return web.Response(
                status=503, text=f"{error}. Reload the page in a moment.\n", headers=PAGE_HEADERS
            )

    return when_started(shown)


def running(
    method: Method, path: str, again: Again, *, needs_jobs: bool = True
) -> Callable[[CarryOut], Handler]:
    """Make a handler that does the same as a command of the API, with its role and audit line.

    `needs_jobs`: it starts a job, so it is refused where there is no room for one.
    """
    route = find_route(method, path)

    def decorate(carry_out: CarryOut) -> Handler:
        @acting
        @wraps(carry_out)
        async def checked(request: web.Request, session: Session) -> web.StreamResponse:
            given = await form_of(request)
            given.pop("token", None)
            research = research_of(request)
            try:
                bench = await research.bench()
            except (Starting, WrongMode) as error:
                return web.Response(status=503, text=f"{error}\n", headers=PAGE_HEADERS)
            if session.caller.role < route.role:
                return await again(
                    request, session, bench, given, f"{refusal(session.caller, route.role)}.", 403
                )
            try:
                if needs_jobs:
                    bench = await research.runner()
                command = CommandRequest(
                    route=route, caller=session.caller, way="dashboard", given=given or None
                )
                async with audited(request, bench, command):
                    address = await carry_out(bench, {**given, **request.match_info})
            except NotFound as error:
                return web.Response(status=404, text=f"{error}\n", headers=PAGE_HEADERS)
            except ApplianceError as error:
                return await again(request, session, bench, given, f"{error}.", 409)
            return redirect(request, address)

        return checked

    return decorate


async def research_page(
    request: web.Request, session: Session, place: str, template: str, content: dict[str, Any], **more: Any
) -> web.Response:
    """Show a page of research; `more` goes to `Page`."""
    research, slot = research_of(request), request.app[BOT_SLOT]
    page = Page(
        template=f"research/{template}.html",
        place="research",
        is_live=more.pop("is_live", True),
        heading=more.pop("heading", "Research"),
        stream="changes&jobs",
        **more,
    )
    shared = {
        "places": PLACES,
        "research_place": place,
        "may_run": research.may_run,
        "beside_bot": not slot.is_webserver,
        "lacks_memory": await research.lacks_memory() if research.may_run else "",
        "command": webserver_command(slot.loaded.sources.config, slot.api_server.listen_port),
        "running_jobs": await running_now(slot.workbench),
    }
    return await rendered(request, session, page, {**shared, **content})


async def running_now(bench: Workbench | None) -> list[JobRow]:
    """Return the jobs that are running."""
    if bench is None:
        return []
    return await rows_of((job for job in bench.jobs.all if job.is_running), bench)


def webserver_command(files: tuple[str, ...], port: int) -> str:
    """Return the command that serves research without a bot: same configuration, next port."""
    named = " ".join(f"-c {shlex.quote(file)}" for file in files)
    beside = f"APPLIANCE__API_SERVER__LISTEN_PORT={port + 1} appliance webserver {named}"
    return beside.strip()
