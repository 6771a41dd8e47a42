"""Build the dict that strategies use as `self.config`."""

from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from appliance.config.settings import Settings
from appliance.config.sources.files import Gathered, merged
from appliance.domain.enums import CandleType, RunMode, TradingMode
from appliance.domain.json_value import Json, JsonObject

_WITHOUT_DEFAULT = ("max_open_trades", "stake_currency", "stake_amount", "protections")


class Location(NamedTuple):
    """Where the files of the bot are."""

    user_data_dir: Path
    datadir: Path
    db_url: str


def freqtrade_dict(
    gathered: Gathered, settings: Settings, runmode: RunMode, location: Location
) -> dict[str, Any]:
    """Merge defaults, configured values (unknown keys included) and the values that freqtrade adds."""
    raw: dict[str, Any] = dict(merged(_defaults(), deepcopy(gathered.values)))
    if "max_open_trades" in raw:
        most = settings.max_open_trades
        # Strategies use it as a count (`range(…)`); only "no limit" is not a whole number.
        raw["max_open_trades"] = int(most) if most.is_integer() else most
    return raw | {
        "runmode": runmode,
        "trading_mode": settings.trading_mode,
        "margin_mode": settings.margin_mode,
        "candle_type_def": CandleType.FUTURES
        if settings.trading_mode is TradingMode.FUTURES
        else CandleType.SPOT,
        **location._asdict(),
        "config_files": [str(file) for file in gathered.files],
        "original_config": deepcopy(gathered.values),
    }


@cache
def _default_settings() -> JsonObject:
    values = _without_none(msgspec.to_builtins(Settings()))
    assert isinstance(values, dict)
    return {key: value for key, value in values.items() if key not in _WITHOUT_DEFAULT}


def _defaults() -> JsonObject:
    return deepcopy(_default_settings())


def _without_none(values: Any) -> Json:
    if isinstance(values, dict):
        return {key: _without_none(value) for key, value in values.items() if value is not None}
    return list(values) if isinstance(values, tuple) else values
