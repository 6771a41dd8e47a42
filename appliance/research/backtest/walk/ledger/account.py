"""Keep the balances of a walk, as freqtrade's wallet of a backtest has them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from appliance.config.settings import Settings
from appliance.domain.enums import MarginMode, TradingMode
from appliance.domain.futures import Position
from appliance.domain.market import Balance
from appliance.domain.money import exact, float_sum, product, quotient
from appliance.domain.order import Order
from appliance.domain.trade import Trade
from appliance.research.backtest.outcome import WalletChange
from appliance.research.backtest.walk.ledger.book import TradeList
from appliance.rules.stake import StakePolicy, proposed_stake


class Account:
    """Answer balances, in their own currency, and stakes, in stake currency (`WalletsPort`).

    Balances are those of the last `update`, which follows each change of a trade. `changes` lists how the
    totals changed. The stake is that of `config`, which strategies may change as they go.
    """

    def __init__(
        self,
        settings: Settings,
        book: TradeList,
        max_open_trades: float,
        config: Mapping[str, Any] | None = None,
    ) -> None:
        self.settings = settings
        self._config = config or {}
        self.max_open_trades = max_open_trades
        self.changes: list[WalletChange] = []
        self._book = book
        self._currency = settings.stake_currency
        self._futures = settings.trading_mode is TradingMode.FUTURES
        wallet = settings.dry_run_wallet
        self._start = dict(wallet) if isinstance(wallet, Mapping) else {self._currency: float(wallet)}
        self._balances: dict[str, Balance] = {}
        self._positions: dict[str, Position] = {}
        self._totals: dict[str, float] = {}

    # -- keeping ---------------------------------------------------------------------------------------

    def refresh(self, now: datetime) -> None:
        """Work the balances out from the trades, and note what has changed."""
        self.update()
        totals = {name: balance.total for name, balance in self._balances.items()}
        if totals != self._totals:
            for name in {**self._totals, **totals}:
                if totals.get(name, 0.0) != self._totals.get(name, 0.0):
                    self.changes.append(WalletChange(now, name, totals.get(name, 0.0)))
            self._totals = totals

    def update(self, require_update: bool = True) -> None:
        trades = self._book.open
        profit = self._book.profit + float_sum(trade.realized_profit for trade in trades)
        tied_up = float_sum(trade.stake_amount for trade in trades)
        balances: dict[str, Balance] = {}
        used = tied_up
        if not self._futures:
            used = 0.0
            for trade in trades:
                waiting = trade.open_orders
                if waiting:
                    used += float_sum(_asked_for(trade, waiting))
                self._hold(balances, trade, waiting)
        free = self._start.get(self._currency, 0.0) + profit - tied_up
        balances[self._currency] = Balance(self._currency, free=free, used=used, total=free + used)
        for name, held in self._start.items():
            if name not in balances:
                balances[name] = Balance(name, free=float(held), used=0.0, total=float(held))
        self._balances = balances
        self._positions = {trade.pair: _position(trade) for trade in trades} if self._futures else {}

    def _hold(self, balances: dict[str, Balance], trade: Trade, waiting: Sequence[Order]) -> None:
        name = trade.safe_base_currency
        exits = [order.amount or 0.0 for order in waiting if order.ft_order_side == trade.exit_side]
        pending = float_sum(exits) if exits else 0.0
        started = float(self._start.get(name, 0.0))
        balances[name] = Balance(
            name, free=started + trade.amount - pending, used=pending, total=trade.amount + started
        )

    # -- what strategies ask ---------------------------------------------------------------------------

    def get_free(self, currency: str) -> float:
        balance = self._balances.get(currency)
        return balance.free if balance else 0.0

    def get_used(self, currency: str) -> float:
        balance = self._balances.get(currency)
        return balance.used if balance else 0.0

    def get_total(self, currency: str) -> float:
        balance = self._balances.get(currency)
        return balance.total if balance else 0.0

    def get_owned(self, pair: str, base_currency: str) -> float:
        if self._futures:
            held = self.get_all_positions().get(pair)
            return held.position if held else 0.0
        return self.get_total(base_currency)

    def get_all_balances(self) -> Mapping[str, Balance]:
        return self._balances

    def get_all_positions(self) -> Mapping[str, Position]:
        """Return the positions of futures markets by pair; spot markets have none."""
        return self._positions

    def get_collateral(self) -> float:
        if self.settings.margin_mode is MarginMode.CROSS:
            free = self.get_free(self._currency)
            return free + sum(held.collateral for held in self._positions.values())
        return self.get_total(self._currency)

    def get_starting_balance(self) -> float:
        if self.settings.available_capital is not None:
            return self.settings.available_capital
        began = self.get_free(self._currency) - self._book.profit + self._book.total_open_trades_stakes()
        return began * self.settings.tradable_balance_ratio

    def get_total_stake_amount(self) -> float:
        return self._total_stake(self._book.total_open_trades_stakes())

    def get_available_stake_amount(self) -> float:
        return self._available(self._book.total_open_trades_stakes())

    def _total_stake(self, tied_up: float) -> float:
        if self.settings.available_capital is not None:
            return self.settings.available_capital + self._book.profit
        return (tied_up + self.get_free(self._currency)) * self.settings.tradable_balance_ratio

    def _available(self, tied_up: float) -> float:
        return min(self._total_stake(tied_up) - tied_up, self.get_free(self._currency))

    def get_trade_stake_amount(self, pair: str, max_open_trades: float, update: bool = True) -> float:
        """Return the stake of the next trade. Raises `Refused` when too little is left."""
        if update:
            self.update()
        settings = self.settings
        stake = self._config.get("stake_amount", settings.stake_amount)
        policy = StakePolicy(
            amount=None if isinstance(stake, str) else float(stake),
            max_open_trades=max_open_trades,
            amend_last=settings.amend_last_stake_amount,
            last_min_ratio=settings.last_stake_amount_min_ratio,
        )
        tied_up = self._book.total_open_trades_stakes()
        return proposed_stake(policy, self._available(tied_up), tied_up)

    def next_stake(self, pair: str) -> float:
        """Return the stake of the next trade of the walk. Raises `Refused` when too little is left."""
        return self.get_trade_stake_amount(pair, self.max_open_trades, update=False)


def _asked_for(trade: Trade, waiting: Sequence[Order]) -> list[float]:
    """Return the stakes of a trade's unfilled entries, which are among the orders that wait."""
    return [
        float(quotient(product(o.safe_amount, o.safe_price), exact(o.leverage or 1.0)))
        for o in waiting
        if o.ft_order_side == trade.entry_side
    ]


def _position(trade: Trade) -> Position:
    return Position(
        symbol=trade.pair,
        position=trade.amount,
        leverage=trade.leverage,
        collateral=trade.stake_amount,
        side=trade.trade_direction,
    )
