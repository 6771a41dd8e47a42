"""Say what runs, in the line that everybody is told at the start."""

from appliance.config.settings import Settings
from appliance.strategy.resolve import ResolvedStrategy


def greeting(settings: Settings, resolved: ResolvedStrategy, exchange: str, most_trades: float) -> str:
    """Return bot, strategy, exchange, stake and whether the money is real."""
    money = "simulated money" if settings.dry_run else "real money"
    return (
        f"{settings.bot_name}: {resolved.name} on {exchange}, {resolved.timeframe} candles, "
        f"{settings.stake_amount} {settings.stake_currency} a trade, at most {most_trades:g}, with {money}"
    )
