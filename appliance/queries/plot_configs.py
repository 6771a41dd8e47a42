"""Keep the plot configurations of charts, which people edit, beside the strategy's own."""

from typing import Any

from appliance.queries.bot_slot import BotSlot
from appliance.storage.plot_configs import PlotConfigs, parsed
from appliance.threads import for_readers


def stored(slot: BotSlot) -> PlotConfigs:
    """Return the store of the user data folder, whose methods block."""
    return PlotConfigs(slot.user_data)


async def names(slot: BotSlot) -> list[str]:
    """Return the names of all that are stored."""
    return await for_readers(stored(slot).names)


async def read(slot: BotSlot, name: str) -> dict[str, Any]:
    """Return one. Raises NotFound, Refused for what cannot be a name, StorageError."""
    return await for_readers(stored(slot).read, name)


async def save(slot: BotSlot, name: str, text: str) -> str:
    """Store a configuration, which is JSON, and return the outcome. Raises Refused, StorageError."""
    await for_readers(stored(slot).save, name, parsed(text, "the configuration"))
    return f'saved plot configuration "{name}"'


async def remove(slot: BotSlot, name: str) -> str:
    """Remove one, and return the outcome. Raises NotFound, Refused, StorageError."""
    await for_readers(stored(slot).remove, name)
    return f'removed plot configuration "{name}"'
