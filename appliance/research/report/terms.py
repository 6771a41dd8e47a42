"""State the terms of a backtest, as the head of its report shows them."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from appliance.config.settings import Settings
from appliance.domain.enums import TradingMode

Facts = tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class Terms:
    """State what was tested under: time frame and stake currency, and further `facts` (label, text)."""

    timeframe: str
    stake_currency: str
    facts: Facts = ()


def terms_of(settings: Settings, *, detail_timeframe: str | None = None, fee: float | None = None) -> Terms:
    """Return the terms of settings to which a strategy's attributes have been applied.

    `fee` is the fee ratio of the test, where it is the same for all pairs.
    """
    is_spot = settings.trading_mode is TradingMode.SPOT
    facts = facts_of(
        exchange=settings.exchange.name,
        market="spot" if is_spot else f"{settings.trading_mode} {settings.margin_mode}".strip(),
        timeframe=settings.timeframe or "",
        detail_timeframe=detail_timeframe,
        stake=settings.stake_amount,
        stake_currency=settings.stake_currency,
        most_open=settings.max_open_trades,
        fee=fee,
        stoploss=settings.stoploss,
        roi=settings.minimal_roi,
        trailing=bool(settings.trailing_stop),
        trailing_distance=settings.trailing_stop_positive,
        trailing_offset=settings.trailing_stop_positive_offset,
    )
    return Terms(timeframe=settings.timeframe or "", stake_currency=settings.stake_currency, facts=facts)


def facts_of(  # noqa: PLR0913 -- one for each fact
    *,
    exchange: str = "",
    market: str = "",
    timeframe: str,
    detail_timeframe: str | None = None,
    stake: float | str | None = None,
    stake_currency: str = "",
    most_open: float = math.inf,
    fee: float | None = None,
    stoploss: float | None = None,
    roi: Mapping[str, float] | None = None,
    trailing: bool = False,
    trailing_distance: float | None = None,
    trailing_offset: float | None = None,
) -> Facts:
    """Return label and text of each fact that is known. Fee, stop loss and minimal ROI are ratios."""
    is_number = isinstance(stake, int | float)
    facts = [
        ("Exchange", exchange),
        ("Market", market),
        ("Time frame", f"{timeframe}, details {detail_timeframe}" if detail_timeframe else timeframe),
        ("Stake", f"{stake:g} {stake_currency}" if is_number else str(stake or "")),
        ("Open trades", "no limit" if math.isinf(most_open) or most_open < 0 else f"at most {most_open:.0f}"),
        ("Fee", _percent(fee)),
        ("Stop loss", _percent(stoploss)),
        ("Trailing stop", _trailing(trailing_distance, trailing_offset) if trailing else ""),
        ("Minimal ROI", _roi(roi)),
    ]
    return tuple((label, text) for label, text in facts if text)


def _percent(ratio: float | None) -> str:
    return "" if ratio is None else f"{ratio * 100:.6g} %".replace("-", "−")


def _trailing(distance: float | None, offset: float | None) -> str:
    if not distance:
        return "at the distance of the stop loss"
    return f"{_percent(distance)} behind" + (f" from {_percent(offset)} on" if offset else "")


def _roi(table: Mapping[str, float] | None) -> str:
    if not table:
        return ""
    steps = sorted((float(minutes), ratio) for minutes, ratio in table.items())
    return ", ".join(f"{_percent(ratio)} from {minutes:g} min" for minutes, ratio in steps)
