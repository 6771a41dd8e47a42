"""Create the services that the settings name."""

import aiohttp

from appliance.config.settings import Settings
from appliance.notify.apprise_target import AppriseTarget
from appliance.notify.discord import Discord
from appliance.notify.service import Service
from appliance.notify.telegram import Telegram
from appliance.notify.webhook import Webhook


def services_of(settings: Settings, session: aiohttp.ClientSession) -> list[Service]:
    """Return the enabled services; all send over `session`."""
    services: list[Service] = []
    if settings.telegram.enabled:
        services.append(Telegram(settings.telegram, session))
    if settings.webhook.enabled:
        services.append(Webhook(settings.webhook, session))
    if settings.discord.enabled:
        services.append(Discord(settings.discord, session))
    if settings.notifications.enabled:
        services.extend(AppriseTarget(target) for target in settings.notifications.targets)
    return services
