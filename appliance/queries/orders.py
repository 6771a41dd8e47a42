"""Query the order journal, and resolve orders of unknown fate manually."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

from msgspec import Meta, Struct, field

from appliance.domain.journal import JournalChoice
from appliance.domain.market import ExchangeOrder
from appliance.domain.order_state import OrderState
from appliance.reports.views.journal import JournalLine, journal_line
from appliance.rules.manual_resolution import Claim

if TYPE_CHECKING:
    from appliance.bot.bot import Bot
    from appliance.bot.recovery.manual_resolution import Seen


class OrdersQuery(Struct, frozen=True):
    state: Annotated[
        list[OrderState], Meta(description="Only orders in these states; all if none is named.")
    ] = field(default_factory=list)
    pair: Annotated[str | None, Meta(description="Only orders of this pair.")] = None
    limit: Annotated[int, Meta(ge=1, le=500, description="Maximum number of orders.")] = 50
    offset: Annotated[int, Meta(ge=0, le=2**53, description="How many of the newest to skip.")] = 0


class OrderPath(Struct, frozen=True):
    client_order_id: str


class SettlePayload(Struct, frozen=True):
    """State the outcome of an order. `exchange_id` is its id on the exchange, for the outcome "adopt".

    Without it, the order that the exchange has under our client order id is adopted. `force` overrules what
    the exchange says; an order that it does not have cannot be adopted even so.
    """

    outcome: Claim
    exchange_id: str | None = None
    force: bool = False


class OrdersView(Struct, frozen=True, kw_only=True):
    """Show a page of the journal, newest first. `unknown` counts the orders of unknown fate."""

    orders: list[JournalLine]
    total: int
    unknown: int


class FoundOrder(Struct, frozen=True, kw_only=True):
    """Show an order as the exchange has it. Amounts in base currency, prices in quote currency."""

    order_id: str
    status: str
    side: str
    amount: float
    filled: float
    price: float | None
    average: float | None
    client_order_id: str | None
    created_at: datetime | None


class EvidenceView(Struct, frozen=True, kw_only=True):
    """Show what the exchange says of an order: `told` in words, `found` the order if it has it.

    `asked` is false if the exchange could not be asked. It has been asked for `waited` seconds; after
    `patience` seconds a request still in transit would no longer be accepted.
    """

    told: str
    asked: bool
    found: FoundOrder | None
    waited: float
    patience: float


class SettledView(Struct, frozen=True, kw_only=True):
    """Show an order after it was resolved, and what the exchange said of it before."""

    order: JournalLine
    exchange: EvidenceView


async def orders(bot: "Bot", query: OrdersQuery) -> OrdersView:
    """Show the order journal: every order, written before it was sent, with its state. Newest first."""
    page = await bot.manual_resolution.page(query.state, query.pair, query.limit, query.offset)
    lines = [journal_line(entry, bot.now()) for entry in page.entries]
    return OrdersView(orders=lines, total=page.total, unknown=len(bot.unknown_orders))


async def chosen_orders(bot: "Bot", choice: JournalChoice, limit: int, offset: int) -> OrdersView:
    """Show the chosen orders of the journal, newest first."""
    page = await bot.manual_resolution.chosen(choice, limit, offset)
    lines = [journal_line(entry, bot.now()) for entry in page.entries]
    return OrdersView(orders=lines, total=page.total, unknown=len(bot.unknown_orders))


async def order(bot: "Bot", path: OrderPath) -> JournalLine:
    """Show one order of the journal. Raises NotFound."""
    return journal_line(await bot.manual_resolution.line(path.client_order_id), bot.now())


async def evidence(bot: "Bot", path: OrderPath) -> EvidenceView:
    """Ask the exchange about an order of unknown fate. Raises NotFound, Refused."""
    line = await bot.manual_resolution.line(path.client_order_id)
    return evidence_view(await bot.manual_resolution.ask(line))


async def resolve(bot: "Bot", path: OrderPath, body: SettlePayload) -> SettledView:
    """Resolve an order of unknown fate. The exchange is asked first.

    An outcome that contradicts its answer is refused, unless forced. Raises NotFound, Refused.
    """
    line, seen = await bot.manual_resolution.resolve(
        path.client_order_id, body.outcome, exchange_id=body.exchange_id or None, force=body.force
    )
    return SettledView(order=journal_line(line, bot.now()), exchange=evidence_view(seen))


def evidence_view(seen: "Seen") -> EvidenceView:
    evidence = seen.evidence
    return EvidenceView(
        told=seen.in_words,
        asked=evidence is not None,
        found=_found(evidence.found) if evidence and evidence.found else None,
        waited=evidence.waited if evidence else 0.0,
        patience=seen.patience,
    )


def _found(seen: ExchangeOrder) -> FoundOrder:
    return FoundOrder(
        order_id=seen.id,
        status=seen.status,
        side=seen.side,
        amount=seen.amount,
        filled=seen.filled,
        price=seen.price,
        average=seen.average,
        client_order_id=seen.client_order_id,
        created_at=datetime.fromtimestamp(seen.timestamp / 1000, UTC) if seen.timestamp else None,
    )
