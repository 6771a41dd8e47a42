"""Define the application key of the bot slot."""

from aiohttp import web

from appliance.queries.bot_slot import BotSlot

BOT_SLOT = web.AppKey("bot slot", BotSlot)
