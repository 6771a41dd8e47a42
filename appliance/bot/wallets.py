"""Work out what the account holds. In dry-run it follows from the trades: play money has no other place."""

from collections.abc import Mapping

from appliance.bot.book import TradeBook
from appliance.config.settings import Settings
from appliance.domain.market import Balance
from appliance.domain.order import Order
from appliance.domain.trade import Trade
from appliance.rules.stake import StakePolicy, proposed_stake


def starting_balance(settings: Settings) -> float:
    """Return what the dry-run wallet began with, in stake currency."""
    wallet = settings.dry_run_wallet
    if isinstance(wallet, Mapping):
        return float(wallet.get(settings.stake_currency, 0.0))
    return float(wallet)


class Wallets:
    """Hold the balances of the dry-run account, and what of them the bot may put into trades.

    Balances are in their own currency, stakes in stake currency. Everything is answered from memory.
    """

    def __init__(self, settings: Settings, book: TradeBook) -> None:
        self.settings = settings
        self._book = book
        self._balances: dict[str, Balance] = {}
        self._seen_revision = -1

    @property
    def balances(self) -> Mapping[str, Balance]:
        """What there is by currency, as of the last change of a trade."""
        self._refresh()
        return self._balances

    # -- what strategies ask ---------------------------------------------------------------------------

    def get_free(self, currency: str) -> float:
        balance = self.balances.get(currency)
        return balance.free if balance else 0.0

    def get_used(self, currency: str) -> float:
        balance = self.balances.get(currency)
        return balance.used if balance else 0.0

    def get_total(self, currency: str) -> float:
        balance = self.balances.get(currency)
        return balance.total if balance else 0.0

    def get_owned(self, pair: str, base_currency: str) -> float:
        trade = self._book.of_pair(pair)
        return trade.amount if trade else self.get_total(base_currency)

    def get_all_balances(self) -> Mapping[str, Balance]:
        return self.balances

    def get_collateral(self) -> float:
        return self.get_free(self.settings.stake_currency) + self.tied_up()

    def get_starting_balance(self) -> float:
        """The capital that profits are told against: what the bot may use of what the wallet began with."""
        if self.settings.available_capital is not None:
            return self.settings.available_capital
        return starting_balance(self.settings) * self.settings.tradable_balance_ratio

    def get_total_stake_amount(self) -> float:
        if self.settings.available_capital is not None:
            return self.settings.available_capital + self._book.closed_profit
        free = self.get_free(self.settings.stake_currency)
        return (self.tied_up() + free) * self.settings.tradable_balance_ratio

    def get_available_stake_amount(self) -> float:
        free = self.get_free(self.settings.stake_currency)
        return min(self.get_total_stake_amount() - self.tied_up(), free)

    def get_trade_stake_amount(self, pair: str, max_open_trades: float, update: bool = True) -> float:
        """The stake of the next trade. Raises `Refused` when too little is left."""
        settings = self.settings
        policy = StakePolicy(
            amount=None if isinstance(settings.stake_amount, str) else settings.stake_amount,
            max_open_trades=max_open_trades,
            amend_last=settings.amend_last_stake_amount,
            last_min_ratio=settings.last_stake_amount_min_ratio,
        )
        return proposed_stake(policy, max(self.get_available_stake_amount(), 0.0), self.tied_up())

    def update(self, require_update: bool = True) -> None:
        """Work the balances out anew; they follow the trades by themselves."""
        self._seen_revision = -1

    # -- sums ------------------------------------------------------------------------------------------

    def tied_up(self) -> float:
        """What open trades hold, and what their unfilled entries ask for."""
        return sum(trade.stake_amount for trade in self._book.open.values())

    def _refresh(self) -> None:
        if self._seen_revision == self._book.trades_revision:
            return
        self._seen_revision = self._book.trades_revision
        currency = self.settings.stake_currency
        balances: dict[str, Balance] = self._other_play_money()
        unborn = added = 0.0
        for trade in self._book.open.values():
            if trade.amount > 0:
                added += sum(_asked_for(order) for order in trade.open_orders if _enters(order, trade))
                balances[trade.safe_base_currency] = _holding(trade, balances)
            else:
                unborn += trade.stake_amount
        realized = sum(trade.realized_profit for trade in self._book.open.values())
        start = starting_balance(self.settings)
        free = start + self._book.closed_profit + realized - self.tied_up() - added
        pending = unborn + added
        balances[currency] = Balance(currency, free=free, used=pending, total=free + pending)
        self._balances = balances

    def _other_play_money(self) -> dict[str, Balance]:
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
    """What an unfilled entry keeps back, in stake currency."""
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
