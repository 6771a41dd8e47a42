"""Show what was sent and what was commanded: the pages of orders, of one order, and of the audit log.

They work without scripts: what one needs when something is wrong is to be there whatever else is not.
"""

import math
from typing import TYPE_CHECKING, Any

from aiohttp import web

from appliance.domain.errors import ApplianceError, NotFound, Refused, Starting
from appliance.domain.order_state import OrderState
from appliance.queries import audit, orders
from appliance.rules.manual_resolution import Claim
from appliance.server.auth.authenticator import refusal
from appliance.server.bot_slot import BOT_SLOT
from appliance.server.dashboard.access import PAGE_HEADERS, Handler, Seen, acting, form_of, logged_in
from appliance.server.dashboard.app_state import DASHBOARD
from appliance.server.dashboard.pages import page_asked
from appliance.server.dashboard.session import Session
from appliance.server.dashboard.view import PAGE_ROWS, bot_facts
from appliance.server.routing.command_audit import CommandRequest, audited
from appliance.server.routing.routes import find_route

if TYPE_CHECKING:
    from appliance.bot.bot import Bot

_RESOLVE = find_route("POST", "/orders/{client_order_id}/settle")
_EVIDENCE = find_route("GET", "/orders/{client_order_id}/evidence")
_AUDIT = find_route("GET", "/audit")


def _shown(handler: Seen) -> Handler:
    """Wrap a page: until the bot is there, the way leads to the overview, which says so."""

    async def checked(request: web.Request, session: Session) -> web.StreamResponse:
        try:
            return await handler(request, session)
        except Starting:
            return web.Response(status=303, headers={**PAGE_HEADERS, "Location": "/"})
        except NotFound as error:
            return web.Response(status=404, text=f"{error}\n", headers=PAGE_HEADERS)

    return logged_in(checked)


@_shown
async def show_orders(request: web.Request, session: Session) -> web.Response:
    """Show a page of the order journal, all of it or the orders of one state."""
    bot, page = request.app[BOT_SLOT].present_bot(), page_asked(request)
    asked = request.query.get("state", "")
    states = [state for state in OrderState if state.value == asked]
    query = orders.OrdersQuery(state=states, limit=PAGE_ROWS, offset=(page - 1) * PAGE_ROWS)
    found = await orders.orders(bot, query)
    shown = {"found": found, "state": states[0].value if states else "all", **_leaf(page, found.total)}
    return await _page(request, session, bot, "orders", "Orders", shown)


@_shown
async def show_order(request: web.Request, session: Session) -> web.Response:
    """Show an order; where its fate is not known also what the exchange says, to who may settle it."""
    return await _order_page(request, session)


@_shown
async def show_audit(request: web.Request, session: Session) -> web.Response:
    """Show a page of the audit log."""
    if session.caller.role < _AUDIT.role:
        text = f"{refusal(session.caller, _AUDIT.role)}.\n"
        return web.Response(status=403, text=text, headers=PAGE_HEADERS)
    bot, page = request.app[BOT_SLOT].present_bot(), page_asked(request)
    log = await audit.audit(bot, audit.AuditQuery(limit=PAGE_ROWS, offset=(page - 1) * PAGE_ROWS))
    return await _page(request, session, bot, "audit", "Audit log", {"log": log, **_leaf(page, log.total)})


@acting
async def settle(request: web.Request, session: Session) -> web.StreamResponse:
    """Settle an order by hand, and show it with what came of that."""
    if session.caller.role < _RESOLVE.role:
        return await _order_page(request, session, refusal(session.caller, _RESOLVE.role), 403)
    fields = await form_of(request)
    fields.pop("token", None)
    try:
        said = await _settled(request, session, fields)
    except NotFound as error:
        return web.Response(status=404, text=f"{error}\n", headers=PAGE_HEADERS)
    except Starting as error:
        return web.Response(status=503, text=f"{error}\n", headers=PAGE_HEADERS)
    except ApplianceError as error:
        return await _order_page(request, session, f"Not settled: {error}.", error.http_status)
    return await _order_page(request, session, said)


async def _settled(request: web.Request, session: Session, fields: dict[str, str]) -> str:
    bot = request.app[BOT_SLOT].present_bot()
    known = [claim for claim in Claim if claim.value == fields.get("outcome")]
    if not known:
        raise Refused("say what became of the order")
    body = orders.SettlePayload(known[0], fields.get("exchange_id", "").strip() or None, "force" in fields)
    path = orders.OrderPath(request.match_info["client_order_id"])
    command = CommandRequest(route=_RESOLVE, caller=session.caller, way="dashboard", given=body)
    async with audited(request, bot, command) as outcome:
        answer = await orders.resolve(bot, path, body)
        outcome.said = answer.exchange.told
    return f"Settled. {answer.exchange.told}."


async def _order_page(
    request: web.Request, session: Session, told: str = "", status: int = 200
) -> web.Response:
    bot = request.app[BOT_SLOT].present_bot()
    path = orders.OrderPath(request.match_info["client_order_id"])
    order, evidence = await orders.order(bot, path), None
    if order.is_unsettled and session.caller.role >= _EVIDENCE.role:
        evidence = await orders.evidence(bot, path)
    shown = {"order": order, "evidence": evidence}
    return await _page(request, session, bot, "orders", order.pair, shown, told, status)


def _leaf(page: int, total: int) -> dict[str, int]:
    return {"page": page, "pages": max(1, math.ceil(total / PAGE_ROWS))}


async def _page(
    request: web.Request,
    session: Session,
    bot: "Bot",
    here: str,
    heading: str,
    shown: dict[str, Any],
    told: str = "",
    status: int = 200,
) -> web.Response:
    templates = {"orders": "order.html" if "order" in shown else "orders.html", "audit": "audit.html"}
    caller = session.caller
    context = {
        "bot": bot_facts(bot),
        "here": here,
        "heading": heading,
        "token": session.token,
        "caller": caller.name,
        "role": caller.role.word,
        "told": told[:1].upper() + told[1:],
        "told_at": f"/orders/{shown['order'].client_order_id}" if "order" in shown else "",
        "told_kind": "good" if status < 400 else "bad",
        **shown,
    }
    page = await request.app[DASHBOARD].templates.render(templates[here], context)
    return web.Response(text=page, status=status, content_type="text/html", headers=PAGE_HEADERS)
