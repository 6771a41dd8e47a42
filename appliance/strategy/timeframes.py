"""Define the time frame functions under the names that strategies import; dates are UTC."""

from datetime import UTC, datetime

from appliance.domain import timeframe as lengths


def timeframe_to_seconds(timeframe: str) -> int:
    return lengths.seconds(timeframe)


def timeframe_to_minutes(timeframe: str) -> int:
    return lengths.minutes(timeframe)


def timeframe_to_msecs(timeframe: str) -> int:
    return lengths.milliseconds(timeframe)


def timeframe_to_prev_date(timeframe: str, date: datetime | None = None) -> datetime:
    """Return when the candle that contains `date` (default: now) opened."""
    at_ms = lengths.to_ms(date or datetime.now(UTC))
    return lengths.to_date(lengths.candle_open_ms(timeframe, at_ms))


def timeframe_to_next_date(timeframe: str, date: datetime | None = None) -> datetime:
    """Return when the candle after the one that contains `date` (default: now) opens."""
    at_ms = lengths.to_ms(date or datetime.now(UTC))
    return lengths.to_date(lengths.next_open_ms(timeframe, at_ms))


def timeframe_to_resample_freq(timeframe: str) -> str:
    """Return the frequency with which pandas resamples to this time frame, e.g. "300s", "1W-MON", "1MS"."""
    number, unit = timeframe[:-1], timeframe[-1]
    calendar = {"w": "W-MON", "M": "MS", "y": "YS"}
    return f"{number}{calendar[unit]}" if unit in calendar else f"{lengths.seconds(timeframe)}s"


def timeframe_to_floor_freq(timeframe: str) -> str:
    """Return the pandas frequency to round dates down to within their candle."""
    return "1s" if lengths.seconds(timeframe) <= 60 else "1min"
