"""Separate dry-run from live: trades opened in one run mode must not continue in the other."""

import logging

from appliance.bot.state.book import TradeBook
from appliance.domain.errors import ConfigurationError
from appliance.domain.trade import Trade
from appliance.exchange.dry_run.gateway import DRY_RUN_PREFIX

log = logging.getLogger(__name__)


def check_run_mode(trades: TradeBook, *, dry_run: bool) -> None:
    """Check whether the open trades were opened with simulated or real money.

    Raises `ConfigurationError` if simulated positions are open in live trading: their coins do not exist, or
    are the user's own. The other way round is logged: nothing is really sold.
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
            "Trades opened with real money or on another exchange continue with simulated money: %s. "
            "Their positions on the exchange stay there and are not managed.",
            ", ".join(real),
        )


def _is_simulated(trade: Trade) -> bool:
    return any(order.order_id.startswith(DRY_RUN_PREFIX) for order in trade.orders)
