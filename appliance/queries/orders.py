"""Show the order journal, and settle by hand what became of an order whose answer was lost."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

from msgspec import Meta, Struct, field

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
    limit: Annotated[int, Meta(ge=1, le=500, description="Most orders of the answer.")] = 50
    offset: Annotated[int, Meta(ge=0, le=2**53, description="How many of the newest to leave out.")] = 0


class OrderPath(Struct, frozen=True):
    client_order_id: str


class SettlePayload(Struct, frozen=True):
    """Say what became of an order. `exchange_id` is its id on the exchange, for the outcome "adopt".

    Without one, the order is adopted that the exchange has by our id. `force` overrules what the exchange
    says; what it does not have cannot be adopted by force either.
    """

    outcome: Claim
    exchange_id: str | None = None
    force: bool = False


class OrdersView(Struct, frozen=True, kw_only=True):
    """Show a page of the journal, newest first. `unknown` counts the orders that wait to be settled."""

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

    `asked` is false where it could not be asked. It has been asked for `waited` seconds; after `patience`
    seconds a request on its way would no longer be accepted.
    """

    told: str
    asked: bool
    found: FoundOrder | None
    waited: float
    patience: float


class SettledView(Struct, frozen=True, kw_only=True):
    """Show an order as it is once settled, and what the exchange had said of it."""

    order: JournalLine
    exchange: EvidenceView


async def orders(bot: "Bot", query: OrdersQuery) -> OrdersView:
    """Show the order journal: what was to be sent, and what is known of it. The newest come first."""
    page = await bot.manual_resolution.page(query.state, query.pair, query.limit, query.offset)
    lines = [journal_line(entry, bot.now()) for entry in page.entries]
    return OrdersView(orders=lines, total=page.total, unknown=len(bot.unknown_orders))


async def order(bot: "Bot", path: OrderPath) -> JournalLine:
    """Show one order of the journal. Raises NotFound."""
    return journal_line(await bot.manual_resolution.line(path.client_order_id), bot.now())


async def evidence(bot: "Bot", path: OrderPath) -> EvidenceView:
    """Ask the exchange what it has of an order that is not settled. Raises NotFound, Refused."""
    return evidence_view(
        await bot.manual_resolution.ask(await bot.manual_resolution.line(path.client_order_id))
    )


async def settle(bot: "Bot", path: OrderPath, body: SettlePayload) -> SettledView:
    """Say what became of an order whose answer was lost. The exchange is asked first.

    What contradicts it is refused, unless it is forced. Raises NotFound, Refused.
    """
    line, seen = await bot.manual_resolution.settle(
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
