"""Show one order, and resolve one of unknown fate.

It works without scripts, since it is needed when something is wrong.
"""

from aiohttp import web

from appliance.domain.errors import ApplianceError, NotFound, Refused, Starting
from appliance.queries import orders
from appliance.rules.manual_resolution import Claim
from appliance.server.auth.authenticator import refusal
from appliance.server.bot_slot import BOT_SLOT
from appliance.server.dashboard.access import PAGE_HEADERS, acting, form_of
from appliance.server.dashboard.page_response import status_of
from appliance.server.dashboard.pages.frame import Page, rendered, when_started
from appliance.server.dashboard.security.confirm import unconfirmed
from appliance.server.dashboard.session import Session
from appliance.server.routing.command_audit import CommandRequest, audited
from appliance.server.routing.routes import find_route

_RESOLVE = find_route("POST", "/orders/{client_order_id}/settle")
_EVIDENCE = find_route("GET", "/orders/{client_order_id}/evidence")


@when_started
async def show_order(request: web.Request, session: Session) -> web.Response:
    """Show an order, and what the exchange says of it if it is unresolved and the role may resolve it."""
    return await _order_page(request, session)


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
        return await _order_page(request, session, f"Not resolved: {error}.", status_of(error))
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
