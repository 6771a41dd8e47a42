"""Call strategy code, and log its errors with file:line, pair and callback instead of raising them."""

import os
import traceback
from functools import lru_cache
from operator import methodcaller
from pathlib import Path
from typing import Any, TypeVar

from appliance.domain.errors import StrategyError
from appliance.domain.trade import Trade
from appliance.strategy.base import StrategyBase
from appliance.strategy.failures import Failure

MaybeTrade = TypeVar("MaybeTrade", Trade, Trade | None)


def safe_call(
    strategy: StrategyBase, callback: str, default: Any, /, *, pair: str = "", **arguments: Any
) -> Any:
    """Call `strategy.<callback>` with `arguments` (and `pair`, if given); return `default` if it fails.

    `trade` is passed as a copy that shares only its custom data, so that a strategy cannot change the bot's
    own. Failures are logged by the strategy's failure log.
    """
    try:
        return _called(strategy, callback, pair, arguments)
    except StrategyError:
        return default


def call(strategy: StrategyBase, callback: str, /, *, pair: str = "", **arguments: Any) -> Any:
    """Call `strategy.<callback>` as `safe_call` does. Raises StrategyError, already logged, if it fails."""
    return _called(strategy, callback, pair, arguments)


def _called(strategy: StrategyBase, callback: str, pair: str, arguments: dict[str, Any]) -> Any:
    if "trade" in arguments and _overrides(type(strategy), callback):
        arguments["trade"] = copy_of_trade(arguments["trade"])
    if pair and callback not in _WITHOUT_PAIR:
        arguments["pair"] = pair
    try:
        return getattr(strategy, callback)(**arguments)
    # The edge between the bot and the code of authors: no error there may stop the bot.
    except (Exception, SystemExit) as error:
        raise failed(strategy, callback, pair, error) from error


_WITHOUT_PAIR = frozenset({"adjust_trade_position", "min_roi_reached"})
"""Callbacks for a pair that do not take its name."""


def failed(strategy: StrategyBase, callback: str, pair: str, error: BaseException) -> StrategyError:
    """Log a failure of strategy code, and return it as the error to raise."""
    reason = str(error) if isinstance(error, StrategyError) else f"{type(error).__name__}: {error}"
    failure = Failure(type(strategy).__name__, callback, pair, place_of(error, strategy, callback), reason)
    strategy.failures.record(failure, error)
    return StrategyError(str(failure))


def place_of(error: BaseException, strategy: StrategyBase, callback: str) -> str:
    """Return file:line of the innermost call in the strategy's folder, else of the callback itself."""
    folder = str(Path(strategy.__file__).parent) + os.sep
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename.startswith(folder)]
    if frames:
        return f"{frames[-1].filename}:{frames[-1].lineno}"
    written = getattr(type(strategy), callback, None)
    code = getattr(getattr(written, "fget", written), "__code__", None)
    return f"{code.co_filename}:{code.co_firstlineno}" if code else strategy.__file__


_CALLED_BY_DEFAULT = {
    "adjust_order_price": ("adjust_entry_price", "adjust_exit_price"),
    "check_entry_timeout": ("check_buy_timeout",),
    "check_exit_timeout": ("check_sell_timeout",),
    "custom_exit": ("custom_sell",),
}
"""What callbacks call that a strategy may override instead of them."""


def is_overridden(strategy: StrategyBase, callback: str) -> bool:
    """Return whether the strategy overrides this method, or what it calls."""
    return _overrides(type(strategy), callback)


@lru_cache(maxsize=256)
def _overrides(kind: type[StrategyBase], callback: str) -> bool:
    names = (callback, *_CALLED_BY_DEFAULT.get(callback, ()))
    return any(getattr(kind, name) is not getattr(StrategyBase, name) for name in names)


_shallow_copy = methodcaller("__copy__")


def copy_of_trade(trade: MaybeTrade) -> MaybeTrade:
    """Return a copy of a trade and its orders that shares only the custom data, which callbacks may set."""
    if trade is None:
        return None
    # All other attributes are immutable; this takes 1 µs, copy.copy takes 2, copy.deepcopy 100.
    copied: Trade = _shallow_copy(trade)
    copied.orders = [_shallow_copy(order) for order in trade.orders]
    return copied
