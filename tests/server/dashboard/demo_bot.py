"""A bot with trades for the dashboard to show: real settings, books and wallets, commands that only note."""

import logging
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import msgspec

from appliance.bot.decisions.decisions import Decisions
from appliance.bot.state.audit import Audit
from appliance.bot.state.book import LockBook, TradeBook
from appliance.bot.state.dry_run_account import DryRunAccount
from appliance.bot.state.event_bus import EventBus
from appliance.bot.state.wallets import Wallets
from appliance.config.logs.setup import LogBuffer
from appliance.config.settings import Settings
from appliance.domain.audit import FIRST, AuditLine, AuditRecord
from appliance.domain.closed_trades.summary import ClosedTrade
from appliance.domain.enums import State
from appliance.domain.errors import Refused
from appliance.domain.journal import JournalEntry
from appliance.domain.lock import PairLock
from appliance.domain.order import Order
from appliance.domain.trade import Trade
from appliance.rules.previews import EntryPreview, ExitPreview, exit_preview
from appliance.rules.trade_requests import EntryRequest, ExitRequest

USER, PASSWORD = "trader", "correct horse battery"


def demo_settings(**changed: object) -> Settings:
    """Return settings of a dry-run bot with a login."""
    raw: dict[str, object] = {
        "bot_name": "demo",
        "stake_currency": "USDT",
        "stake_amount": 100,
        "max_open_trades": 5,
        "dry_run_wallet": 1000,
        "force_entry_enable": True,
        "exchange": {"name": "simulated"},
        "api_server": {
            "username": USER,
            "password": PASSWORD,
            "jwt_secret_key": "a secret of thirty-two characters or more",
        },
    }
    return msgspec.convert(raw | changed, Settings)


class DemoLogs(LogBuffer):
    """The server's own log buffer, with a short way to write into it."""

    def add(self, level: str, text: str) -> None:
        self.emit(logging.makeLogRecord({"name": "demo", "levelname": level, "msg": text}))


class DemoBot:
    """Answer from memory what the dashboard reads, and note in `asked` what it commands."""

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = settings or demo_settings()
        self.state = State.RUNNING
        self.book = TradeBook()
        self.locks = LockBook()
        self.wallets = Wallets(self.settings, self.book, DryRunAccount(self.settings, self.book))
        self.events = EventBus()
        self.whitelist = ["BTC/USDT", "ETH/USDT"]
        self.notices: list[str] = []
        self.bars: list[str] = []
        self.strategy_name = "SampleStrategy"
        self.fiat_rate = 0.0
        self.resolved = SimpleNamespace(
            timeframe="5m", name="SampleStrategy", minimal_roi={0: 0.05, 60: 0.03, 720: 0.01}
        )
        self.frames: dict[tuple[str, str], object] = {}
        self.gateway = SimpleNamespace(silent_for=1.0)
        self.loop_age, self.journal_lag, self.database_lost = 1.0, 0.0, ""
        self.set_aside: list[str] = []
        self.max_open_trades = self.settings.max_open_trades
        self.first_started_at = self.started_at = datetime.now(UTC) - timedelta(days=3)
        self.last_cycle_at: datetime | None = datetime.now(UTC)
        self.asked: list[tuple[object, ...]] = []
        self.refusal: str | None = None
        self.audited: list[AuditRecord] = []
        self.audit = Audit(self._write, self.now)
        self.decisions = Decisions(self.now, lambda: "5m", lambda: False)

    @property
    def followed_pairs(self) -> list[str]:
        return self.whitelist

    @property
    def unknown_orders(self) -> list[Order]:
        return [order for trade in self.book.open.values() for order in trade.unknown_orders]

    def now(self) -> datetime:
        return datetime.now(UTC)

    def rate_in_stake(self, currency: str) -> float | None:
        stake = self.settings.stake_currency
        return 1.0 if currency == stake else self.book.rates.get(f"{currency}/{stake}")

    def refresh_soon(self) -> None:
        pass

    async def refresh_prices(self) -> None:
        pass

    async def refresh_account(self) -> None:
        pass

    def start(self) -> str:
        return self._steer(State.RUNNING, "starting trader ...")

    def stop(self) -> str:
        return self._steer(State.STOPPED, "stopping trader ...")

    def pause(self) -> str:
        return self._steer(State.PAUSED, "paused: no more entries from now on.")

    def request_reload(self) -> str:
        return self._steer(self.state, "Reloading config ...")

    async def force_exit(self, request: ExitRequest) -> str:
        self._note("force_exit", request.trade_id)
        return f"Created exit order for trade {request.trade_id}."

    async def force_enter(self, request: EntryRequest) -> Trade:
        self._note("force_enter", request.pair, request.side, request.price)
        return self.open(request.pair, request.price or 100.0)

    async def journal_of_trade(self, trade_id: int) -> list[JournalEntry]:
        return []

    async def audit_of_trade(self, trade_id: int, limit: int) -> list[AuditLine]:
        return []

    async def preview_entry(self, request: EntryRequest) -> EntryPreview:
        return EntryPreview(refusal=self.refusal or "")

    async def preview_exit(self, trade: Trade, request: ExitRequest) -> ExitPreview:
        rate = self.book.rates.get(trade.pair)
        return exit_preview(trade, request.order_type or "limit", request.amount or trade.amount, rate)

    async def trade(self, trade_id: int) -> Trade | None:
        return self.book.open.get(trade_id)

    def open(self, pair: str, rate: float, now_at: float | None = None, **changed: object) -> Trade:
        """Open a trade of 100 in stake currency at `rate`, the present rate being `now_at`."""
        base, _, quote = pair.partition("/")
        opened = datetime.now(UTC) - timedelta(minutes=17)
        amount = 100 / rate
        number = len(self.book.open) + len(self.book.closed) + 1
        order = Order(
            id=number,
            ft_order_side="buy",
            ft_pair=pair,
            ft_is_open=False,
            ft_amount=amount,
            ft_price=rate,
            order_id=f"demo-{number}",
            status="closed",
            filled=amount,
            remaining=0.0,
            cost=100.0,
            order_date=opened,
            order_filled_date=opened,
        )
        values: dict[str, object] = {
            "id": number,
            "exchange": "simulated",
            "pair": pair,
            "base_currency": base,
            "stake_currency": quote,
            "fee_open": 0.001,
            "fee_close": 0.001,
            "open_rate": rate,
            "open_trade_value": 100.1,
            "stake_amount": 100.0,
            "max_stake_amount": 100.0,
            "amount": amount,
            "open_date": opened,
            "stop_loss": rate * 0.9,
            "stop_loss_pct": -0.1,
            "orders": [order],
        }
        trade = Trade(**(values | changed))
        self.book.set_rate(pair, now_at or rate)
        self.book.touch(trade)
        return trade

    def close(self, pair: str, profit: float, minutes_ago: float = 5, **changed: object) -> None:
        """Add a closed trade that made `profit` of a stake of 100."""
        closed = datetime.now(UTC) - timedelta(minutes=minutes_ago)
        values: dict[str, object] = {
            "id": len(self.book.open) + len(self.book.closed) + 1,
            "pair": pair,
            "is_short": False,
            "open_date": closed - timedelta(minutes=42),
            "close_date": closed,
            "close_profit": profit / 100,
            "realized_profit": profit,
            "close_profit_abs": profit,
            "stake_amount": 100.0,
            "max_stake_amount": 100.0,
            "volume": 200.0,
            "entry_cost": 100.0,
            "enter_tag": "",
            "exit_reason": "roi",
            "strategy": "SampleStrategy",
            "leverage": 1.0,
        }
        self.book.load(self.book.open.values(), [*self.book.closed, ClosedTrade(**(values | changed))])

    def lock(self, pair: str, minutes: float, reason: str | None, side: str = "*") -> None:
        now = datetime.now(UTC)
        until = now + timedelta(minutes=minutes)
        self.locks.locks.append(
            PairLock(pair=pair, side=side, reason=reason, lock_time=now, lock_end_time=until)
        )

    async def _write(self, record: AuditRecord) -> AuditLine:
        self.audited.append(record)
        return AuditLine(len(self.audited), record, FIRST)

    def _steer(self, state: State, text: str) -> str:
        self._note(state.value)
        self.state = state
        return text

    def _note(self, *asked: object) -> None:
        if self.refusal:
            raise Refused(self.refusal)
        self.asked.append(asked)
