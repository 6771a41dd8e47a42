"""State the terms of a backtest, as the head of its report shows them."""

import math
from dataclasses import dataclass

from appliance.config.settings import Settings
from appliance.domain.enums import TradingMode


@dataclass(frozen=True, kw_only=True)
class Terms:
    """State what was tested under: time frame and stake currency, and further `facts` (label, text)."""

    timeframe: str
    stake_currency: str
    facts: tuple[tuple[str, str], ...] = ()


def terms_of(settings: Settings, *, detail_timeframe: str | None = None, fee: float | None = None) -> Terms:
    """Return the terms of settings to which a strategy's attributes have been applied.

    `fee` is the fee ratio of the test, where it is the same for all pairs.
    """
    facts = [
        ("Exchange", settings.exchange.name),
        ("Market", _market(settings)),
        ("Time frame", f"{settings.timeframe} with {detail_timeframe}" if detail_timeframe else ""),
        ("Stake", _stake(settings)),
        ("Open trades", _most_open(settings.max_open_trades)),
        ("Fee", f"{fee * 100:g} %" if fee is not None else ""),
        ("Stop loss", _percent(settings.stoploss)),
        ("Trailing stop", _trailing(settings)),
        ("Minimal ROI", _roi(settings.minimal_roi)),
    ]
    return Terms(
        timeframe=settings.timeframe or "",
        stake_currency=settings.stake_currency,
        facts=tuple((label, text) for label, text in facts if text),
    )


def _market(settings: Settings) -> str:
    if settings.trading_mode is TradingMode.SPOT:
        return "spot"
    return f"{settings.trading_mode}, {settings.margin_mode or 'no'} margin"


def _stake(settings: Settings) -> str:
    if settings.stake_amount == "unlimited":
        return "unlimited"
    return f"{settings.stake_amount:g} {settings.stake_currency}"


def _most_open(count: float) -> str:
    return "no limit" if math.isinf(count) or count < 0 else f"at most {count:.0f}"


def _percent(ratio: float | None) -> str:
    return "" if ratio is None else f"{ratio * 100:g} %"


def _trailing(settings: Settings) -> str:
    if not settings.trailing_stop:
        return ""
    distance = settings.trailing_stop_positive
    if not distance:
        return "yes"
    offset = settings.trailing_stop_positive_offset or 0.0
    return f"{_percent(distance)} behind" + (f" from {_percent(offset)} on" if offset else "")


def _roi(table: dict[str, float] | None) -> str:
    if not table:
        return ""
    steps = sorted((int(minutes), ratio) for minutes, ratio in table.items())
    return ", ".join(f"{_percent(ratio)} from {minutes} min" for minutes, ratio in steps)
