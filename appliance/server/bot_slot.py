"""Name where the application keeps the place that the bot takes when it is ready."""

from aiohttp import web

from appliance.queries.bot_slot import BotSlot

BOT_SLOT = web.AppKey("bot slot", BotSlot)
