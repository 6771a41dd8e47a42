"""State what a backtest is asked for beside the settings of a bot."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec

from appliance.config.documented import doc
from appliance.domain.errors import ConfigurationError
from appliance.research.backtest.realism import OFF, Realism

Export = Literal["none", "trades", "signals"]
Period = Literal["day", "week", "month", "year", "weekday"]
CacheAge = Literal["none", "day", "week", "month"]


class BacktestOptions(msgspec.Struct, frozen=True, kw_only=True):
    """Hold the keys of freqtrade's command line and configurations that only backtests read.

    `backtest_realism` is ours.
    """

    strategy_list: Annotated[tuple[str, ...], doc("Strategies to test, one after the other.")] = ()
    timerange: Annotated[str | None, doc("Range of candles to test.")] = None
    timeframe_detail: Annotated[str | None, doc("Shorter candles, to look into the strategy's.")] = None
    position_stacking: Annotated[bool, doc("Enter pairs that have an open trade.")] = False
    enable_protections: Annotated[bool, doc("Apply protections.")] = False
    enable_dynamic_pairlist: Annotated[bool, doc("Evaluate the pair lists with every candle.")] = False
    export: Annotated[Export, doc("What is written into the result.")] = "trades"
    exportdirectory: Annotated[str | None, doc("Folder of results.")] = None
    backtest_breakdown: Annotated[tuple[Period, ...], doc("Periods to sum the result up by.")] = ()
    backtest_cache: Annotated[CacheAge, doc("How old a result may be that is shown again.")] = "day"
    backtest_notes: Annotated[str | None, doc("Note to store with the result.")] = None
    futures_funding_rate: Annotated[float | None, doc("Funding rate where none is stored.")] = None
    backtest_realism: Annotated[Realism, doc("What is modelled beyond what candles show.")] = OFF

    @property
    def realism(self) -> Realism:
        return self.backtest_realism

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> "BacktestOptions":
        """Read them from a merged configuration. Raises ConfigurationError naming the key."""
        given = {key: config[key] for key in cls.__struct_fields__ if config.get(key) is not None}
        try:
            return msgspec.convert(given, cls, strict=False)
        except msgspec.ValidationError as error:
            problem, _, path = str(error).partition(" - at `$.")
            raise ConfigurationError(f"{path.rstrip('`') or 'backtesting'}: {problem}") from None
