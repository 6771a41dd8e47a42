"""Show the order journal: filtered and paged in the address. It works without scripts."""

from urllib.parse import urlencode

from aiohttp import web
from msgspec import Struct

from appliance.domain.journal import JournalChoice
from appliance.domain.order_state import OrderState
from appliance.queries import orders
from appliance.server.bot_slot import BOT_SLOT
from appliance.server.dashboard.pages.frame import Page, page_number, paging, rendered, when_started
from appliance.server.dashboard.pages.period import Period, period_in
from appliance.server.dashboard.session import Session
from appliance.server.dashboard.view import PAGE_ROWS

LONGEST_PAIR = 100
SIDES = ("buy", "sell", "stoploss")


class OrdersChoice(Struct, frozen=True, kw_only=True):
    """Name which orders are shown; what is empty leaves all."""

    state: str = ""
    pair: str = ""
    side: str = ""
    trade: str = ""
    period: Period = Period()

    @property
    def query(self) -> str:
        """The choice as the query of an address; empty for all orders."""
        values = {
            "state": self.state,
            "pair": self.pair,
            "side": self.side,
            "trade": self.trade,
            "since": self.period.first,
            "until": self.period.last,
        }
        return urlencode({name: value for name, value in values.items() if value})

    def with_state(self, state: str) -> str:
        """Return the query of the same choice with another state."""
        return OrdersChoice(
            state=state, pair=self.pair, side=self.side, trade=self.trade, period=self.period
        ).query


@when_started
async def show_orders(request: web.Request, session: Session) -> web.Response:
    """Show a page of the chosen orders."""
    bot, page, query = request.app[BOT_SLOT].require_bot(), page_number(request), request.query
    state, side, trade = query.get("state", ""), query.get("side", ""), query.get("trade", "")
    choice = OrdersChoice(
        state=state if state in {one.value for one in OrderState} else "",
        pair=query.get("pair", "")[:LONGEST_PAIR].strip(),
        side=side if side in SIDES else "",
        trade=trade if trade.isascii() and trade.isdecimal() and len(trade) < 16 else "",
        period=period_in(query),
    )
    wanted = JournalChoice(
        states=(OrderState(choice.state),) if choice.state else (),
        pair=choice.pair or None,
        side=choice.side or None,
        trade_id=int(choice.trade) if choice.trade else None,
        since=choice.period.since,
        until=choice.period.until,
    )
    found = await orders.chosen_orders(bot, wanted, PAGE_ROWS, (page - 1) * PAGE_ROWS)
    shown = Page(template="orders.html", place="orders", heading="Orders", is_live=True)
    content = {"found": found, "choice": choice, "sides": SIDES, "pairs": sorted({*bot.whitelist})}
    return await rendered(request, session, shown, {**content, **paging(page, found.total)})
