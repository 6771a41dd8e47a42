"""`appliance orders`: list the orders of a bot; resolve those whose answer was lost."""

import copy
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click
import msgspec

from appliance.cli.books.offline_database import look
from appliance.cli.client import show_answer
from appliance.cli.client_login import Target, completed, target
from appliance.cli.options import configuration_options
from appliance.cli.settings import configured
from appliance.client import RestClient
from appliance.client.commands import ORDER_STATES
from appliance.client.errors import NoAnswer
from appliance.domain.json_value import Json
from appliance.domain.order_state import OrderState
from appliance.reports.views.journal import journal_line

if TYPE_CHECKING:
    from appliance.storage.store import Store

_TIMEOUT = 30.0
"""In seconds; the bot asks the exchange before it answers."""
_OUTCOMES = ("never_sent", "rejected", "adopt")


@click.group()
def orders() -> None:
    """List the orders of a bot, and resolve orders whose fate is unknown."""


@orders.command("list")
@click.option("--state", type=click.Choice(ORDER_STATES), help="Only orders in this state.")
@click.option("--pair", metavar="PAIR", help="Only orders of this pair.")
@click.option(
    "--limit", type=click.IntRange(1, 500), default=50, show_default=True, help="Number of the newest orders."
)
@click.option("--offline", is_flag=True, help="Read the database instead of asking the bot.")
@click.option("--db-url", metavar="URL", help="Trades database to read, instead of the configured.")
@configuration_options
def list_orders(
    state: str | None,
    pair: str | None,
    limit: int,
    offline: bool,
    config: tuple[str, ...],
    **options: Json,
) -> None:
    """List orders, newest first. JSON in a pipe.

    Asks the bot, or reads its database if it does not run.
    """
    bot = target(config, None, None)
    if not offline and options["db_url"] is None and bot.is_complete:
        try:
            show_answer("orders", _asked(bot, "orders", state=state, pair=pair, limit=limit))
            return
        except NoAnswer:
            click.echo("The bot does not answer; reading its database.", err=True)
    show_answer("orders", _read(state, pair, limit, config, options))


@orders.command()
@click.argument("client_order_id")
@click.argument("outcome", type=click.Choice(_OUTCOMES), required=False)
@click.option("--exchange-id", metavar="ID", help="Id of the order on the exchange, for adopt.")
@click.option("--force", is_flag=True, help="Override the answer of the exchange.")
@configuration_options
def resolve(
    client_order_id: str,
    outcome: str | None,
    exchange_id: str | None,
    force: bool,
    config: tuple[str, ...],
    **_: Json,
) -> None:
    """Resolve an unknown order; without OUTCOME, show what the exchange reports about it.

    never_sent: it did not arrive. rejected: the exchange refused it. adopt: the exchange has it. The running
    bot asks the exchange first, and refuses an outcome that contradicts its answer.
    """
    bot = completed(target(config, None, None))
    if outcome is None:
        show_answer("order_evidence", _asked(bot, "order_evidence", client_order_id))
        return
    resolved = _asked(bot, "settle_order", client_order_id, outcome, exchange_id, force=force)
    show_answer("settle_order", resolved)


_settle = copy.copy(resolve)  # the command's name in earlier versions, and that of the API
_settle.hidden = True
orders.add_command(_settle, "settle")


def _asked(bot: Target, command: str, *arguments: object, **keywords: object) -> object:
    login = (bot.username, bot.password) if bot.is_complete else (None, None)
    with RestClient(bot.url, *login, token=bot.token, timeout=_TIMEOUT, raises=True) as client:
        return getattr(client, command)(*arguments, **keywords)


def _read(
    state: str | None, pair: str | None, limit: int, config: tuple[str, ...], options: dict[str, Json]
) -> dict[str, Any]:
    """Read the journal from the database, in the form of the API's answer."""
    states = [OrderState(state)] if state else []

    async def ask(store: "Store") -> dict[str, Any]:
        page = await store.journal.page(states, pair, limit)
        unknown = await store.journal.page([OrderState.UNKNOWN], limit=1)
        now = datetime.now(UTC)
        lines = [msgspec.to_builtins(journal_line(entry, now)) for entry in page.entries]
        return {"orders": lines, "total": page.total, "unknown": unknown.total}

    return look(configured(config, options), ask)
