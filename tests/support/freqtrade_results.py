"""Read a result that freqtrade wrote, and make of its trades what a backtest of ours would hand over."""

import json
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from arro3 import io as arrow
from arro3.core import DataType

from appliance.domain.enums import TradingMode
from appliance.domain.lock import PairLock
from appliance.domain.order import Order
from appliance.domain.timeframe import milliseconds, to_date
from appliance.domain.trade import Trade
from appliance.research.backtest.outcome import Counters, Outcome, RejectedSignal, WalletChange
from appliance.research.backtest.series import NO_TAG, PairSeries, Rows
from appliance.research.data.candles import CandleFiles
from appliance.research.data.layout import CandleKey
from appliance.research.results.run import Market, StrategyRun


class FreqtradeResult(NamedTuple):
    """What one of freqtrade's files has: `stored` is its JSON, `members` its other parts by their ending."""

    file: Path
    stored: dict[str, Any]
    metadata: dict[str, Any]
    members: dict[str, bytes]

    def table(self, ending: str) -> dict[str, np.ndarray]:
        """Return the columns of one of its feather files."""
        return columns_of(arrow.read_ipc(BytesIO(self.members[ending])).read_all())


def columns_of(table: Any) -> dict[str, np.ndarray]:
    """Return the columns of an arrow table; dates in ms."""
    columns = {}
    for name in table.column_names:
        column = table.column(name)
        kind = str(column.type)
        if "Timestamp" in kind:
            in_ms = column.cast(DataType.timestamp("ms", tz="UTC"))
            columns[name] = np.array(in_ms.cast(DataType.int64()).to_numpy())
        elif "Utf8" in kind:
            columns[name] = np.array(column.to_pylist(), dtype=object)
        else:
            columns[name] = np.array(column.to_numpy())
    return columns


class Case(NamedTuple):
    """A result of freqtrade, and what it would have been made of here."""

    written: FreqtradeResult
    market: Market
    runs: list[StrategyRun]


def read_freqtrade(folder: Path) -> FreqtradeResult:
    """Read the one result in a folder."""
    (file,) = folder.glob("backtest-result-*.zip")
    with zipfile.ZipFile(file) as archive:
        members = {name.removeprefix(file.stem): archive.read(name) for name in archive.namelist()}
    metadata = json.loads(file.with_suffix(".meta.json").read_text())
    return FreqtradeResult(file, json.loads(members.pop(".json")), metadata, members)


def runs_of(
    result: FreqtradeResult, market: Market, analysed: Callable[[str], Any] | None = None
) -> list[StrategyRun]:
    """Return the runs that led to a result of freqtrade."""
    series = {pair: series_of(pair, market.rows(pair)) for pair in market.pairs}
    configured = json.loads(result.members["_config.json"])
    runs = []
    for name, stored in result.stored["strategy"].items():
        config = configured | {key: stored[key] for key in _SETTINGS if key in stored}
        most = stored["max_open_trades_setting"]
        config |= {"max_open_trades": float("inf") if most == -1 else most}
        run = StrategyRun(
            outcome=_outcome(result, name, stored),
            config=config,
            series=series,
            run_id=result.metadata[name]["run_id"],
            started=datetime.fromtimestamp(stored["backtest_run_start_ts"], UTC),
            ended=datetime.fromtimestamp(stored["backtest_run_end_ts"], UTC),
            analysed=analysed,
        )
        runs.append(run)
    return runs


_SETTINGS = (
    *("timeframe", "timeframe_detail", "timerange", "enable_protections", "stoploss", "trailing_stop"),
    *("trailing_stop_positive", "trailing_stop_positive_offset", "trailing_only_offset_is_reached"),
    *("use_custom_stoploss", "minimal_roi", "use_exit_signal", "exit_profit_only", "exit_profit_offset"),
    *("ignore_roi_if_entry_signal", "trading_mode", "margin_mode", "stake_amount", "stake_currency"),
)


def market_of(result: FreqtradeResult, folder: Path) -> Market:
    """Return the market of a result, with the candles below a data folder."""
    stored = next(iter(result.stored["strategy"].values()))
    kind = "futures" if stored["trading_mode"] == "futures" else "spot"
    files, first, last = (
        CandleFiles(folder, "feather"),
        stored["backtest_start_ts"],
        stored["backtest_end_ts"],
    )
    step = milliseconds(stored["timeframe"])

    def rows(pair: str) -> Rows:
        candles = files.load(CandleKey(pair, stored["timeframe"], kind))
        inside = candles[(candles[:, 0] >= first) & (candles[:, 0] <= last)]
        return filled(inside, step)

    return Market(stored["pairlist"], rows)


def series_of(pair: str, rows: Rows) -> PairSeries:
    """Return candles as a walk over them has them, without signals: the first one is not acted on."""
    acting = Rows(**{name: getattr(rows, name)[1:] for name in ("opened", "open", "high", "low", "close")})
    never, untagged = np.zeros(len(acting), dtype=bool), np.full(len(acting), NO_TAG, dtype=np.int32)
    return PairSeries(
        pair=pair,
        rows=acting,
        enter_long=never,
        exit_long=never,
        enter_short=never,
        exit_short=never,
        enter_tag=untagged,
        exit_tag=untagged,
    )


def filled(candles: np.ndarray, step: int) -> Rows:
    """Return candles with those that are missing: at the close of the one before."""
    opened = candles[:, 0].astype(np.int64)
    grid = np.arange(opened[0], opened[-1] + 1, step)
    place = np.searchsorted(opened, grid, side="right") - 1
    known = opened[place] == grid
    close = candles[place, 4]
    open_, high, low = (np.where(known, candles[place, column], close) for column in (1, 2, 3))
    return Rows(opened=grid, open=open_, high=high, low=low, close=close)


def _outcome(result: FreqtradeResult, name: str, stored: dict[str, Any]) -> Outcome:
    counters = {field: stored[field] for field in Counters.__struct_fields__ if field in stored}
    return Outcome(
        strategy=name,
        trades=[trade_of(record, name, stored) for record in stored["trades"]],
        locks=[_lock(record) for record in stored["locks"]],
        counters=Counters(**counters),
        rejected=[],
        wallet=_wallet(result.table(f"_{name}_wallet.feather"), stored),
        starting_balance=stored["starting_balance"],
        final_balance=stored["final_balance"],
        first=to_date(stored["backtest_start_ts"]),
        last=to_date(stored["backtest_end_ts"]),
    )


def _wallet(table: dict[str, np.ndarray], stored: dict[str, Any]) -> list[WalletChange]:
    """Return the changes of balances; one that shows at a candle came about a moment before it."""
    step = timedelta(milliseconds=milliseconds(stored["timeframe"]))
    changes = []
    for currency in dict.fromkeys(table["currency"].tolist()):
        chosen = table["currency"] == currency
        dates, totals = table["date"][chosen].tolist(), table["balance"][chosen].tolist()
        held = 0.0
        last: datetime | None = None
        for at_ms, total in zip(dates, totals, strict=True):
            at = to_date(at_ms)
            if held and last and at - last > step:
                changes.append(WalletChange(last, currency, 0.0))
                held = 0.0
            if total != held:
                changes.append(WalletChange(at - timedelta(seconds=1), currency, total))
                held = total
            last = at
        if held and last and to_date(stored["backtest_end_ts"]) > last:
            changes.append(WalletChange(last, currency, 0.0))
    return sorted(changes, key=lambda change: change.moment)


def _lock(record: dict[str, Any]) -> PairLock:
    return PairLock(
        pair=record["pair"],
        side=record["side"],
        reason=record["reason"],
        lock_time=to_date(record["lock_timestamp"]),
        lock_end_time=to_date(record["lock_end_timestamp"]),
        active=record["active"],
    )


def trade_of(record: dict[str, Any], strategy: str, stored: dict[str, Any]) -> Trade:
    """Return the trade that freqtrade's record is of."""
    base, _, quote = record["pair"].partition("/")
    return Trade(
        exchange="binance",
        pair=record["pair"],
        base_currency=base,
        stake_currency=quote.partition(":")[0],
        is_open=record["is_open"],
        fee_open=record["fee_open"],
        fee_close=record["fee_close"],
        open_rate=record["open_rate"],
        close_rate=record["close_rate"],
        close_profit=record["profit_ratio"],
        close_profit_abs=record["profit_abs"],
        stake_amount=record["stake_amount"],
        max_stake_amount=record["max_stake_amount"],
        amount=record["amount"],
        open_date=to_date(record["open_timestamp"]),
        close_date=to_date(record["close_timestamp"]),
        stop_loss=record["stop_loss_abs"],
        stop_loss_pct=record["stop_loss_ratio"],
        initial_stop_loss=record["initial_stop_loss_abs"],
        initial_stop_loss_pct=record["initial_stop_loss_ratio"],
        max_rate=record["max_rate"],
        min_rate=record["min_rate"],
        exit_reason=record["exit_reason"],
        strategy=strategy,
        enter_tag=record["enter_tag"],
        trading_mode=TradingMode(stored["trading_mode"]),
        leverage=record["leverage"],
        is_short=record["is_short"],
        funding_fees=record["funding_fees"],
        orders=[_order(order, record) for order in record["orders"]],
    )


def _order(order: dict[str, Any], record: dict[str, Any]) -> Order:
    filled = to_date(order["order_filled_timestamp"])
    return Order(
        ft_order_side=order["ft_order_side"],
        ft_pair=record["pair"],
        ft_is_open=False,
        ft_amount=order["amount"],
        ft_price=order["safe_price"],
        order_id="1",
        status="closed",
        side=order["ft_order_side"],
        average=order["safe_price"],
        amount=order["amount"],
        filled=order["amount"],
        cost=order["cost"],
        order_date=filled,
        order_filled_date=filled,
        ft_order_tag=order["ft_order_tag"],
    )


def rejected_of(frames: dict[str, Any]) -> list[RejectedSignal]:
    """Return the rejected signals of one strategy, of the frames that freqtrade stored."""
    return [
        RejectedSignal(pair, row["date"].to_pydatetime(), row["enter_tag"])
        for pair, frame in frames.items()
        for row in frame.to_dict("records")
    ]
