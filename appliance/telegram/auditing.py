"""Write down who commands what by Telegram, before it is carried out."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from appliance.telegram.spoken import Spoken
from appliance.telegram.updates import User

if TYPE_CHECKING:
    from appliance.bot.bot import Bot

log = logging.getLogger(__name__)


@asynccontextmanager
async def commanded(bot: "Bot", user: User | None, heard: Spoken, *, protective: bool) -> AsyncIterator[None]:
    """Let `user` command what was heard; `protective` commands take risk away and are never held up."""
    log.info("Telegram: user %s commands %.200s", user.id if user else "unknown", heard.line)
    yield
