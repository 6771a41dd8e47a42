"""Show the pages of orders, of one order, and of the audit log.

They work without scripts, since they are needed when something is wrong.
"""

from aiohttp import web

from appliance.domain.errors import ApplianceError, NotFound, Refused, Starting
from appliance.domain.order_state import OrderState
from appliance.queries import audit, orders
from appliance.rules.manual_resolution import Claim
from appliance.server.auth.authenticator import refusal
from appliance.server.bot_slot import BOT_SLOT
from appliance.server.dashboard.access import PAGE_HEADERS, acting, form_of
from appliance.server.dashboard.pages.frame import Page, page_number, paging, rendered, when_started
from appliance.server.dashboard.security.confirm import unconfirmed
from appliance.server.dashboard.session import Session
from appliance.server.dashboard.view import PAGE_ROWS
from appliance.server.routing.command_audit import CommandRequest, audited
from appliance.server.routing.routes import find_route

_RESOLVE = find_route("POST", "/orders/{client_order_id}/settle")
_EVIDENCE = find_route("GET", "/orders/{client_order_id}/evidence")
_AUDIT = find_route("GET", "/audit")


@when_started
async def show_orders(request: web.Request, session: Session) -> web.Response:
    """Show a page of the order journal, of all orders or of those in one state."""
    bot, page = request.app[BOT_SLOT].require_bot(), page_number(request)
    asked = request.query.get("state", "")
    states = [state for state in OrderState if state.value == asked]
    query = orders.OrdersQuery(state=states, limit=PAGE_ROWS, offset=(page - 1) * PAGE_ROWS)
    found = await orders.orders(bot, query)
    state = states[0].value if states else "all"
    shown = Page(template="orders.html", place="orders", heading="Orders", is_live=True)
    content = {"found": found, "state": state, **paging(page, found.total)}
    return await rendered(request, session, shown, content)


@when_started
async def show_order(request: web.Request, session: Session) -> web.Response:
    """Show an order, and what the exchange says of it if it is unresolved and the role may resolve it."""
    return await _order_page(request, session)


@when_started
async def show_audit(request: web.Request, session: Session) -> web.Response:
    """Show a page of the audit log."""
    if session.caller.role < _AUDIT.role:
        text = f"{refusal(session.caller, _AUDIT.role)}."
        refused = Page(
            template="page.html", place="audit", heading="Audit log", notice=text, closes_to="./", status=403
        )
        return await rendered(request, session, refused, {})
    slot, page = request.app[BOT_SLOT], page_number(request)
    log = await audit.audit(slot, audit.AuditQuery(limit=PAGE_ROWS, offset=(page - 1) * PAGE_ROWS))
    shown = Page(template="audit.html", place="audit", heading="Audit log", is_live=True)
    return await rendered(request, session, shown, {"log": log, **paging(page, log.total)})


@acting
async def resolve(request: web.Request, session: Session) -> web.StreamResponse:
    """Resolve an order manually, and show it with the result."""
    if session.caller.role < _RESOLVE.role:
        return await _order_page(request, session, refusal(session.caller, _RESOLVE.role), 403)
    if asked := await unconfirmed(request, session):
        return asked
    fields = await form_of(request)
    fields.pop("token", None)
    try:
        result = await _resolved(request, session, fields)
    except NotFound as error:
        return web.Response(status=404, text=f"{error}\n", headers=PAGE_HEADERS)
    except Starting as error:
        return web.Response(status=503, text=f"{error}\n", headers=PAGE_HEADERS)
    except ApplianceError as error:
        return await _order_page(request, session, f"Not resolved: {error}.", error.http_status)
    return await _order_page(request, session, result)


async def _resolved(request: web.Request, session: Session, fields: dict[str, str]) -> str:
    bot = request.app[BOT_SLOT].require_bot()
    known = [claim for claim in Claim if claim.value == fields.get("outcome")]
    if not known:
        raise Refused("choose what became of the order")
    body = orders.SettlePayload(known[0], fields.get("exchange_id", "").strip() or None, "force" in fields)
    path = orders.OrderPath(request.match_info["client_order_id"])
    command = CommandRequest(route=_RESOLVE, caller=session.caller, way="dashboard", given=body)
    async with audited(request, bot, command) as outcome:
        answer = await orders.resolve(bot, path, body)
        outcome.said = answer.exchange.told
    return f"Resolved. {answer.exchange.told}."


async def _order_page(
    request: web.Request, session: Session, notice: str = "", status: int = 200
) -> web.Response:
    bot = request.app[BOT_SLOT].require_bot()
    path = orders.OrderPath(request.match_info["client_order_id"])
    order, evidence = await orders.order(bot, path), None
    if order.is_unsettled and session.caller.role >= _EVIDENCE.role:
        evidence = await orders.evidence(bot, path)
    page = Page(
        template="order.html",
        place="orders",
        heading=order.pair,
        notice=notice,
        closes_to=f"orders/{order.client_order_id}",
        status=status,
    )
    return await rendered(request, session, page, {"order": order, "evidence": evidence})
