"""Provide the account's balances, and how much of them the bot may use for trades."""

from collections.abc import Mapping
from typing import Protocol

from appliance.bot.state.book import TradeBook
from appliance.config.settings import Settings
from appliance.domain.enums import TradingMode
from appliance.domain.futures import Position
from appliance.domain.market import Balance
from appliance.domain.order_state import OrderState
from appliance.domain.trade import Trade
from appliance.rules.stake import StakePolicy, proposed_stake


class Account(Protocol):
    """Hold the money: the dry-run wallet, or the account on the exchange."""

    @property
    def balances(self) -> Mapping[str, Balance]: ...

    @property
    def starting_balance(self) -> float: ...

    @property
    def age_seconds(self) -> float:
        """The age of the balances; 0 if they are derived from the trades."""

    def outdated(self, *currencies: str | None) -> None:
        """Note that an order has changed the balances of these currencies and the stake, or of all."""

    async def catch_up(self, currency: str | None = None) -> None:
        """Refresh if the balance of `currency`, or any, is outdated. Raises `ExchangeError`."""

    async def refresh(self) -> None: ...


class Wallets:
    """Provide balances, in their own currency, and stakes, in stake currency; everything from memory."""

    def __init__(self, settings: Settings, book: TradeBook, account: Account) -> None:
        self.settings = settings
        self.account = account
        self._book = book

    @property
    def balances(self) -> Mapping[str, Balance]:
        return self.account.balances

    # -- what strategies call --------------------------------------------------------------------------

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
        if self.settings.trading_mode is TradingMode.FUTURES:
            held = self.get_all_positions().get(pair)
            return held.position if held else 0.0
        return self.get_total(base_currency)

    def available_for(self, trade: Trade) -> float:
        """Return how much of the account's holding a trade can sell (base currency).

        The amounts that orders of other trades in the same currency are selling are subtracted. If one of the
        trade's exits ended partially filled, so is everything that the others hold: anything missing was
        probably sold by that exit, whose fill is reported late.
        """
        owned = self.get_owned(trade.pair, trade.safe_base_currency)
        if self.settings.trading_mode is TradingMode.FUTURES:
            return owned
        others = [
            other
            for other in self._book.open.values()
            if other is not trade and other.safe_base_currency == trade.safe_base_currency
        ]
        suspect = _may_have_sold(trade)
        taken = sum(
            other.amount if suspect and not _may_have_sold(other) else _on_sale(other) for other in others
        )
        return max(owned - taken, 0.0)

    def get_all_balances(self) -> Mapping[str, Balance]:
        return self.balances

    def get_all_positions(self) -> Mapping[str, Position]:
        """Positions of futures markets by pair; spot markets have none."""
        if self.settings.trading_mode is not TradingMode.FUTURES:
            return {}
        return {
            trade.pair: Position(
                symbol=trade.pair,
                position=trade.amount,
                leverage=trade.leverage,
                collateral=trade.stake_amount,
                side=trade.trade_direction,
            )
            for trade in self._book.open.values()
        }

    def get_collateral(self) -> float:
        return self.get_total(self.settings.stake_currency)

    def get_starting_balance(self) -> float:
        """Return the capital that profits are measured against: the tradable part of the starting balance."""
        if self.settings.available_capital is not None:
            return self.settings.available_capital
        return self.account.starting_balance * self.settings.tradable_balance_ratio

    def get_total_stake_amount(self) -> float:
        if self.settings.available_capital is not None:
            return self.settings.available_capital + self._book.closed_profit
        free = self.get_free(self.settings.stake_currency)
        return (self.tied_up() + free) * self.settings.tradable_balance_ratio

    def get_available_stake_amount(self) -> float:
        free = self.get_free(self.settings.stake_currency)
        return min(self.get_total_stake_amount() - self.tied_up(), free)

    def get_trade_stake_amount(self, pair: str, max_open_trades: float, update: bool = True) -> float:
        """Return the stake of the next trade. Raises `Refused` if too little is left."""
        settings = self.settings
        policy = StakePolicy(
            amount=None if isinstance(settings.stake_amount, str) else settings.stake_amount,
            max_open_trades=max_open_trades,
            amend_last=settings.amend_last_stake_amount,
            last_min_ratio=settings.last_stake_amount_min_ratio,
        )
        return proposed_stake(policy, max(self.get_available_stake_amount(), 0.0), self.tied_up())

    def update(self, require_update: bool = True) -> None:
        """Do nothing: the balances are kept up to date by the loop, and after every order."""

    # -- sums ------------------------------------------------------------------------------------------

    def tied_up(self) -> float:
        """Return the stake of open trades, unfilled entries included."""
        return sum(trade.stake_amount for trade in self._book.open.values())


def _on_sale(trade: Trade) -> float:
    """Return the amount that open exits of a trade are selling (base currency)."""
    exits = (order for order in trade.all_open_orders if order.ft_order_side != trade.entry_side)
    return sum(order.safe_remaining for order in exits)


def _may_have_sold(trade: Trade) -> bool:
    """Return whether an exit of a trade has ended partially filled, as far as is known."""
    exits = (order for order in trade.orders if order.ft_order_side != trade.entry_side)
    return any(order.state is OrderState.CANCELLED for order in exits)
