"""State what a message does not say itself: which bot speaks, and what its money is worth."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import msgspec

from appliance.domain.message import Message
from appliance.reports.views.dataframe_columns import column_of

if TYPE_CHECKING:
    from appliance.bot.bot import Bot

Candle = tuple[float, float, float, float]
"""Open, high, low, close in quote currency."""


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """State the bot's circumstances. `fiat_rate`: what one of stake costs in fiat, None if not known.

    `candle` returns the last analysed candle of a pair, None where there is none.
    """

    bot_name: str
    strategy: str
    timeframe: str
    dry_run: bool
    fiat_rate: float | None
    candle: Callable[[str], Candle | None]


def facts_of(bot: "Bot") -> Facts:
    """State the circumstances of now."""
    timeframe = bot.resolved.timeframe

    def candle(pair: str) -> Candle | None:
        found = bot.frames.get((pair, timeframe))
        if found is None or not len(found.frame):
            return None
        last = [column_of(found.frame, name) for name in ("open", "high", "low", "close")]
        try:
            opened, high, low, close = (float(column.iloc[-1]) for column in last if column is not None)
        except (TypeError, ValueError):  # a strategy may have made anything of its candles
            return None
        return (opened, high, low, close)

    return Facts(
        bot_name=bot.settings.bot_name,
        strategy=bot.strategy_name,
        timeframe=timeframe,
        dry_run=bot.settings.dry_run,
        fiat_rate=bot.fiat_rate,
        candle=candle,
    )


def fields_for_templates(message: Message, facts: Facts) -> dict[str, Any]:
    """Return what templates may name: the message's own fields, its type, and which bot it is from."""
    return {
        "strategy": facts.strategy,
        "timeframe": facts.timeframe,
        "bot_name": facts.bot_name,
        **message.fields,
        "type": message.type.value,
    }
