"""Write every command that comes by Telegram into the audit log, before it is carried out."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from appliance.bot.state_summary import standing
from appliance.domain.audit import Commander
from appliance.telegram.parsing import Spoken
from appliance.telegram.updates import User

if TYPE_CHECKING:
    from appliance.bot.bot import Bot

MOST_DIGITS = 9


@asynccontextmanager
async def commanded(bot: "Bot", user: User | None, heard: Spoken, *, protective: bool) -> AsyncIterator[None]:
    """Let `user` command what was heard; `protective` ones only take risk away.

    Raises `StorageError` before anything is done, where it cannot be written down and is not protective.
    """
    by = Commander(f"user {user.id}" if user else "unknown user", "Telegram")
    named = next((int(word) for word in heard.words if word.isdecimal() and len(word) <= MOST_DIGITS), None)
    async with bot.audit.command(
        by, heard.line, standing=lambda: standing(bot, named), protective=protective
    ):
        yield
