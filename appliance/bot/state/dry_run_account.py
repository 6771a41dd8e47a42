"""Hold the dry-run wallet: it is derived from the trades and stored nowhere."""

from collections.abc import Mapping

from appliance.bot.state.book import TradeBook
from appliance.config.settings import Settings
from appliance.domain.enums import TradingMode
from appliance.domain.market import Balance
from appliance.domain.order import Order
from appliance.domain.trade import Trade


class DryRunAccount:
    """Calculate the balances from the wallet's initial amounts and the trades."""

    def __init__(self, settings: Settings, book: TradeBook) -> None:
        self.settings = settings
        self._book = book
        self._balances: dict[str, Balance] = {}
        self._seen_revision = -1

    @property
    def balances(self) -> Mapping[str, Balance]:
        """Balances by currency, as of the last change of a trade."""
        if self._seen_revision != self._book.trades_revision:
            self._seen_revision = self._book.trades_revision
            self._balances = self._worked_out()
        return self._balances

    @property
    def starting_balance(self) -> float:
        """What profits are measured against, in stake currency: the wallet's initial amount and, as in
        freqtrade, the profit that open trades have realised by partial exits.
        """
        return self._began_with + self._realized

    @property
    def age_seconds(self) -> float:
        return 0.0

    @property
    def _realized(self) -> float:
        return sum(trade.realized_profit for trade in self._book.open.values())

    @property
    def _began_with(self) -> float:
        wallet = self.settings.dry_run_wallet
        if isinstance(wallet, Mapping):
            return float(wallet.get(self.settings.stake_currency, 0.0))
        return float(wallet)

    def outdated(self, *currencies: str | None) -> None:
        """Do nothing, as below."""

    async def catch_up(self, currency: str | None = None) -> None:
        """Do nothing, as below."""

    async def refresh(self) -> None:
        """Do nothing: a dry-run wallet is always up to date."""

    def _worked_out(self) -> dict[str, Balance]:
        currency = self.settings.stake_currency
        balances = self._other_currencies()
        futures = self.settings.trading_mode is TradingMode.FUTURES
        unfilled = added = tied_up = 0.0
        for trade in self._book.open.values():
            tied_up += trade.stake_amount
            if trade.amount > 0 or trade.nr_of_successful_entries:
                added += sum(_asked_for(order) for order in trade.open_orders if _enters(order, trade))
                if not futures:
                    balances[trade.safe_base_currency] = _holding(trade, balances)
            else:
                unfilled += trade.stake_amount
        free = self.starting_balance + self._book.closed_profit - tied_up - added
        # The margin of futures positions still belongs to the account: in use, not spent.
        pending = (tied_up if futures else unfilled) + added
        balances[currency] = Balance(currency, free=free, used=pending, total=free + pending)
        return balances

    def _other_currencies(self) -> dict[str, Balance]:
        wallet = self.settings.dry_run_wallet
        if not isinstance(wallet, Mapping):
            return {}
        return {
            name: Balance(name, free=float(held), used=0.0, total=float(held))
            for name, held in wallet.items()
        }


def _enters(order: Order, trade: Trade) -> bool:
    return order.ft_order_side == trade.entry_side


def _asked_for(order: Order) -> float:
    """Return what an unfilled entry reserves, in stake currency."""
    return order.safe_remaining * order.safe_placement_price / (order.leverage or 1.0)


def _holding(trade: Trade, balances: Mapping[str, Balance]) -> Balance:
    currency = trade.safe_base_currency
    before = balances.get(currency)
    on_sale = sum(
        order.safe_remaining for order in trade.open_orders if order.ft_order_side == trade.exit_side
    )
    held, started = trade.amount, before.total if before else 0.0
    free = held + started - on_sale
    return Balance(currency, free=free, used=on_sale, total=held + started)
