"""Write every command that comes by Telegram to the audit log, before it is carried out."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from appliance.bot.state_summary import state_summary
from appliance.domain.audit import Commander
from appliance.queries.commands import Command
from appliance.telegram.answers import MOST_DIGITS
from appliance.telegram.parsing import ParsedCommand
from appliance.telegram.updates import User

if TYPE_CHECKING:
    from appliance.bot.bot import Bot


@asynccontextmanager
async def audited(
    bot: "Bot", user: User | None, parsed: ParsedCommand, command: Command
) -> AsyncIterator[None]:
    """Write `command`, as `user` sent it, to the audit log, and its outcome afterwards.

    Raises `StorageError` before anything is done if that fails and the command is not protective.
    """
    by = Commander(f"user {user.id}" if user else "unknown user", "Telegram")
    named = next((int(word) for word in parsed.words if word.isdecimal() and len(word) <= MOST_DIGITS), None)
    async with bot.audit.command(
        by, parsed.line, summary=lambda: state_summary(bot, named), protective=command.protective
    ):
        yield
