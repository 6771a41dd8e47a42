"""Separate dry-run from live: trades begun in one run mode must not go on in the other."""

import logging

from appliance.bot.state.book import TradeBook
from appliance.domain.errors import ConfigurationError
from appliance.domain.trade import Trade
from appliance.exchange.dry_run.gateway import DRY_RUN_PREFIX

log = logging.getLogger(__name__)


def check_run_mode(trades: TradeBook, *, dry_run: bool) -> None:
    """Look at what the open trades were bought with.

    Raises `ConfigurationError` where positions of simulated money are open and orders go to the exchange:
    those coins are not there, or they are the user's own. The other way round it is logged: nothing is really
    sold.
    """
    simulated = [trade.pair for trade in trades.open.values() if _is_simulated(trade)]
    if not dry_run and simulated:
        raise ConfigurationError(
            f"db_url: the database has open trades of simulated money ({', '.join(simulated)}):"
            " name another one"
        )
    real = [trade.pair for trade in trades.open.values() if trade.orders and not _is_simulated(trade)]
    if dry_run and real:
        log.warning(
            "Trades that another exchange or real money began go on with simulated money: %s. "
            "What of them is on an exchange stays there, and is not looked after.",
            ", ".join(real),
        )


def _is_simulated(trade: Trade) -> bool:
    return any(order.order_id.startswith(DRY_RUN_PREFIX) for order in trade.orders)
