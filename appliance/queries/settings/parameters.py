"""Show the parameters of the running strategy: value, range, and where each comes from."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from appliance.config.origins import kind_of
from appliance.queries.bot_slot import BotSlot
from appliance.reports.views.json_values import plain
from appliance.strategy.parameters import (
    BaseParameter,
    CategoricalParameter,
    DecimalParameter,
    NumericParameter,
)
from appliance.threads import for_readers

if TYPE_CHECKING:
    from appliance.bot.bot import Bot

_IN_CODE = "code"
_SPECIAL = {
    "stoploss": "stoploss",
    "max_open_trades": "max_open_trades",
    "trailing_stop": "trailing",
    "trailing_stop_positive": "trailing",
    "trailing_stop_positive_offset": "trailing",
    "trailing_only_offset_is_reached": "trailing",
}
"""Attributes that the parameter file may set, and the part of the file that does."""
_RULES = {
    "timeframe": "Length of a candle.",
    "stoploss": "Loss at which a trade is exited.",
    "use_custom_stoploss": "Whether code of the strategy moves the stop.",
    "trailing_stop": "Whether the stop follows the price.",
    "trailing_stop_positive": "Distance of the trailing stop once in profit.",
    "trailing_stop_positive_offset": "Profit from which that distance applies.",
    "trailing_only_offset_is_reached": "Whether the stop follows only from there on.",
    "max_open_trades": "Trades open at once, at most.",
    "use_exit_signal": "Whether exit signals exit.",
    "exit_profit_only": "Whether they do so only in profit.",
    "position_adjustment_enable": "Whether code of the strategy adds to trades, or exits parts.",
    "startup_candle_count": "Candles that the indicators need first.",
}
_RATIOS = ("stoploss", "trailing_stop_positive", "trailing_stop_positive_offset")


class ParameterRow(Struct, frozen=True, kw_only=True):
    """Show a value: `limits` and `origin` in words; `is_default`: it is that of the parameter itself."""

    name: str
    value: str
    limits: str
    default: str
    origin: str
    is_default: bool
    is_searched: bool


class RuleRow(Struct, frozen=True, kw_only=True):
    """Show a rule of the strategy, with its value in words and where that comes from."""

    name: str
    value: str
    meaning: str
    origin: str


class RoiStep(Struct, frozen=True):
    """Exit at this profit (a ratio) from so many minutes after the entry."""

    minutes: int
    ratio: float


class ParametersView(Struct, frozen=True, kw_only=True):
    """Hold the parameters by space, the rules, and the files that they come from (names only)."""

    strategy: str
    version: str
    file: str
    parameter_file: str
    spaces: dict[str, list[ParameterRow]]
    rules: list[RuleRow]
    roi: list[RoiStep]
    roi_origin: str


async def parameters(slot: BotSlot) -> ParametersView:
    """Return what the running strategy uses. Raises Starting, WrongMode."""
    return await for_readers(_view, slot.require_bot())


def _view(bot: "Bot") -> ParametersView:
    strategy, resolved = bot.strategy, bot.resolved
    file = Path(resolved.file)
    from_file: dict[str, Any] = strategy.ft_params_from_file
    spaces: dict[str, list[ParameterRow]] = {}
    for name, parameter in strategy.enumerate_parameters():
        spaces.setdefault(str(parameter.space), []).append(_row(strategy, name, parameter))
    return ParametersView(
        strategy=resolved.name,
        version=resolved.version or "",
        file=file.name,
        parameter_file=file.with_suffix(".json").name if from_file else "",
        spaces=dict(sorted(spaces.items())),
        rules=[
            RuleRow(
                name=name,
                value=_rule_text(name, getattr(resolved, name)),
                meaning=meaning,
                origin=_rule_origin(bot, name, name in from_file.get(_SPECIAL.get(name, ""), {})),
            )
            for name, meaning in _RULES.items()
        ],
        roi=[RoiStep(minutes, ratio) for minutes, ratio in resolved.minimal_roi.items()],
        roi_origin=_rule_origin(bot, "minimal_roi", "roi" in from_file),
    )


def _row(strategy: Any, name: str, parameter: BaseParameter) -> ParameterRow:
    space = str(parameter.space)
    origin = "default in the code"
    if parameter.load and name in strategy.ft_params_from_file.get(space, {}):
        origin = "parameter file"
    elif parameter.load and name in getattr(strategy, f"{space}_params", {}):
        origin = f"{space}_params in the code"
    return ParameterRow(
        name=name,
        value=_text(parameter.value),
        limits=_limits(parameter),
        default=_text(parameter.default),
        origin=origin,
        is_default=parameter.value == parameter.default,
        is_searched=parameter.optimize,
    )


def _limits(parameter: BaseParameter) -> str:
    if isinstance(parameter, CategoricalParameter):
        return "one of " + ", ".join(_text(choice) for choice in parameter.opt_range)
    if isinstance(parameter, NumericParameter):
        steps = f", {parameter.decimals} decimals" if isinstance(parameter, DecimalParameter) else ""
        return f"{_text(parameter.low)} to {_text(parameter.high)}{steps}"
    return ""


def _rule_origin(bot: "Bot", name: str, is_in_parameter_file: bool) -> str:
    """Say where a rule comes from: the configuration overrides the parameter file, and that the code."""
    gathered = bot.loaded.gathered
    if name in gathered.values:
        place = gathered.places.get((name,))
        kind = kind_of(place, gathered.files) if place else "file"
        return "configuration" if kind == "file" else kind
    return "parameter file" if is_in_parameter_file else _IN_CODE


def _rule_text(name: str, value: Any) -> str:
    if value is None:
        return "not set"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if name in _RATIOS:
        return f"{value * 100:g} %"
    if value == float("inf"):
        return "no limit"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _text(value: object) -> str:
    return json.dumps(plain(value), ensure_ascii=False, default=str)
