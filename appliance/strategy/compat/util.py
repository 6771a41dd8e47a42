"""Offer the dates and texts that strategies import from `freqtrade.util`; dates are UTC."""

from datetime import UTC, datetime, timedelta

from appliance.domain import timeframe

_DECIMALS = {"BTC": 8, "ETH": 5}
_USUAL_DECIMALS = 3


def dt_now() -> datetime:
    return datetime.now(UTC)


def dt_utc(  # noqa: PLR0913 -- freqtrade's signature
    year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0, microsecond: int = 0
) -> datetime:
    return datetime(year, month, day, hour, minute, second, microsecond, tzinfo=UTC)


def dt_ts(dt: datetime | None = None) -> int:
    """Return ms since 1970 (default: of now)."""
    return timeframe.to_ms(dt or dt_now())


def dt_ts_def(dt: datetime | None, default: int = 0) -> int:
    return timeframe.to_ms(dt) if dt else default


def dt_ts_none(dt: datetime | None) -> int | None:
    return timeframe.to_ms(dt) if dt else None


def dt_from_ts(timestamp: float) -> datetime:
    """Return the date of seconds or ms since 1970 (distinguished by size)."""
    return datetime.fromtimestamp(timestamp / 1000 if timestamp > 1e10 else timestamp, tz=UTC)


def dt_floor_day(dt: datetime) -> datetime:
    return dt.replace(hour=0, minute=0, second=0, microsecond=0)


def format_date(date: datetime | None, fallback: str = "") -> str:
    return date.strftime("%Y-%m-%d %H:%M:%S") if date else fallback


def format_ms_time(date: float) -> str:
    """Return ms since 1970 as "2024-01-31T12:00:00"."""
    return timeframe.to_date(date).strftime("%Y-%m-%dT%H:%M:%S")


def dt_humanize_delta(dt: datetime) -> str:
    """Return the distance of a date from now, e.g. "10 minutes ago", "2 days from now"."""
    away = dt - dt_now()
    ago = -away if away < timedelta(0) else away
    for unit, seconds in (("day", 86_400), ("hour", 3600), ("minute", 60), ("second", 1)):
        count = int(ago.total_seconds() // seconds)
        if count:
            words = f"{count} {unit}{'s' if count > 1 else ''}"
            return f"{words} ago" if away < timedelta(0) else f"{words} from now"
    return "just now"


def round_value(value: float | None, decimals: int, keep_trailing_zeros: bool = False) -> str:
    if value is None:
        return "N/A"
    text = f"{value:.{decimals}f}"
    return text if keep_trailing_zeros or "." not in text else text.rstrip("0").rstrip(".")


def decimals_per_coin(coin: str) -> int:
    return _DECIMALS.get(coin, _USUAL_DECIMALS)


def fmt_coin(value: float, coin: str, show_coin_name: bool = True, keep_trailing_zeros: bool = False) -> str:
    """Return an amount with the decimals of its currency, e.g. "1234.568 USDT"."""
    text = round_value(value, decimals_per_coin(coin), keep_trailing_zeros)
    return f"{text} {coin}" if show_coin_name else text


def format_pct(value: float | None) -> str:
    return f"{value:.2%}" if value is not None else "N/A"


def format_duration(td: timedelta) -> str:
    """Return e.g. "1d 02:03" (days, hours, minutes)."""
    hours, minutes = divmod(td.seconds // 60, 60)
    return f"{td.days}d {hours:02d}:{minutes:02d}"


__all__ = [
    "decimals_per_coin",
    "dt_floor_day",
    "dt_from_ts",
    "dt_humanize_delta",
    "dt_now",
    "dt_ts",
    "dt_ts_def",
    "dt_ts_none",
    "dt_utc",
    "fmt_coin",
    "format_date",
    "format_duration",
    "format_ms_time",
    "format_pct",
    "round_value",
]
