"""Say what runs, in the message that is sent at the start."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from appliance.bot.bot import Bot


def greeting(bot: "Bot") -> str:
    """Return a line with bot, strategy, exchange, stake and whether the money is real."""
    settings, resolved = bot.settings, bot.resolved
    money = "simulated money" if settings.dry_run else "real money"
    return (
        f"{settings.bot_name}: {resolved.name} on {bot.gateway.name}, {resolved.timeframe} candles, "
        f"{settings.stake_amount} {settings.stake_currency} a trade, at most {bot.max_open_trades:g}, "
        f"with {money}"
    )
