"""Show the configuration in use: every setting, its value and its origin, without secrets."""

from appliance.config.origins import ShownSection, shown_sections
from appliance.queries.bot_slot import BotSlot
from appliance.threads import for_readers


async def configuration(slot: BotSlot) -> list[ShownSection]:
    """Return all settings by section. Raises Starting before there is a configuration to show."""
    return await for_readers(shown_sections, slot.loaded)
