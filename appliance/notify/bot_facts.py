"""State what messages have in common: which bot sends them, and the fiat rate."""

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
    """Describe the bot. `fiat_rate`: price of one unit of stake currency in fiat, None if not known.

    `candle` returns the last analysed candle of a pair, or None.
    """

    bot_name: str
    strategy: str
    timeframe: str
    dry_run: bool
    fiat_rate: float | None
    candle: Callable[[str], Candle | None]


def facts_of(bot: "Bot") -> Facts:
    """Return the facts of this moment."""
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
    """Return the fields that templates may name: the message's own, its type, and those of the bot."""
    return {
        "strategy": facts.strategy,
        "timeframe": facts.timeframe,
        "bot_name": facts.bot_name,
        **message.fields,
        "type": message.type.value,
    }
