"""Name an analysis by all that its signals depend on, candles aside."""

import hashlib
import importlib
import platform
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from appliance import __version__
from appliance.research.backtest.analysis.sources import Sources
from appliance.research.backtest.analysis.state import OF_THE_PROGRAM, content_of
from appliance.research.backtest.options import BacktestOptions

if TYPE_CHECKING:
    from appliance.research.backtest.analysis.pair import PairAnalysis

_OF_THE_WALK = """
    amend_last_stake_amount amount_reserve_percent available_capital dry_run dry_run_wallet entry_pricing
    exit_pricing exit_profit_offset exit_profit_only fee ignore_buying_expired_candle_after
    ignore_roi_if_entry_signal last_stake_amount_min_ratio liquidation_buffer max_entry_position_adjustment
    max_open_trades minimal_roi order_time_in_force order_types plot_config position_adjustment_enable
    protections stake_amount stoploss tradable_balance_ratio trailing_only_offset_is_reached trailing_stop
    trailing_stop_positive trailing_stop_positive_offset unfilledtimeout use_custom_roi use_custom_stoploss
    use_exit_signal
"""
OF_THE_WALK = frozenset(_OF_THE_WALK.split())
"""Settings and attributes of strategies that the walk alone reads, if the analysis mentions none of them."""

_OTHER_SETTINGS = """
    api_server bot_name cancel_open_orders_on_exit coingecko config_files custom_price_max_distance_ratio
    db_url discord edge exchange experimental external_message_consumer fiat_display_currency
    force_entry_enable health initial_state internals liquidation_warn_ratio log_config logfile notifications
    on_disconnect on_disconnect_after original_config pairlists strategy_list strategy_path telegram
    user_data_dir verbosity webhook
"""
_OPTIONS = frozenset(BacktestOptions.__struct_fields__) - {"timerange"}
_NOT_OF_THE_ANALYSIS = OF_THE_WALK | _OPTIONS | frozenset(_OTHER_SETTINGS.split())
"""Keys of a configuration that change no signal, if the analysis does not mention them."""

_UNSTEADY = """
    aiohttp connect environ exists getenv getmtime glob httpx iterdir joblib listdir load now open pickle
    random read read_bytes read_csv read_excel read_feather read_hdf read_html read_json read_parquet
    read_pickle read_sql read_table read_text redis requests scandir secrets shelve socket sqlite3 stat
    subprocess today urandom urllib urlopen urlretrieve utcnow uuid4 wallets websocket
"""
_UNSTEADY_NAMES = frozenset(_UNSTEADY.split())
_UNSTEADY_ATTRIBUTES = _UNSTEADY_NAMES - {"open"}  # which is a price
"""Names in code that may read what nobody can compare: clocks, files, networks, random numbers, wallets."""


_READ_OTHERWISE = frozenset(("config", "_ft_params_from_file"))
"""Attributes whose parts count one by one."""
_NOT_THEIRS = ("appliance.", "builtins", "abc")


def key_of(analysis: "PairAnalysis", sources: Sources) -> str | None:
    """Return what names this analysis (hex); None if it may not be repeated from what is stored.

    The strategy's own state counts as it is now: after `bot_start`, before the analysis.
    """
    mentions = sources.mentions
    unsteady = mentions.names & _UNSTEADY_NAMES | mentions.attributes & _UNSTEADY_ATTRIBUTES
    if unsteady or not sources.is_parsed or analysis.cut.volume:
        return None
    strategy, source = analysis.strategy, analysis.source
    read = mentions.names | mentions.attributes | mentions.texts
    of_the_walk = OF_THE_WALK - read
    ignored = (_NOT_OF_THE_ANALYSIS - read) | OF_THE_PROGRAM | _READ_OTHERWISE
    own = content_of(_without(vars(strategy), ignored), strict=True)
    if own is None:
        return None
    kinds = [kind for kind in type(strategy).__mro__ if not kind.__module__.startswith(_NOT_THEIRS)]
    parts = (
        __version__,
        *(platform.python_version(), np.__version__, pd.__version__, _version_of("talib")),
        *(type(strategy).__name__, *sources.essence(of_the_walk)),
        *(own, content_of(_without(strategy.config, ignored), strict=False)),
        *(content_of(_without(vars(kind), ignored), strict=False) for kind in kinds),
        *(content_of(_without(space, ignored), strict=False) for space in sources.namespaces.values()),
        *(strategy.config.get("exchange", {}).get("name"), source.timeframe, source.mode.value),
        *(source.timerange, source.startup, source.files.kind, str(source.files.folder)),
        analysis.cut,
    )
    return hashlib.sha256("\0".join(map(repr, parts)).encode("utf-8", "replace")).hexdigest()


def _without(values: Mapping[str, Any], ignored: Iterable[str]) -> dict[str, Any]:
    left_out = set(ignored)
    return {
        name: value
        for name, value in values.items()
        if name not in left_out and not (name.startswith("__") or name == "_abc_impl")
    }


def _version_of(package: str) -> str:
    try:
        return str(getattr(importlib.import_module(package), "__version__", ""))
    except ImportError:
        return ""
