"""Let in whom the settings name, and nobody else."""

import logging

from appliance.config.settings import TelegramSettings
from appliance.telegram.updates import Message, User

log = logging.getLogger(__name__)

MOST_STRANGERS = 100
"""How many are told in the log, each once."""


class Entrance:
    """Judge whether somebody may command the bot. Strangers get no answer; the log tells each once."""

    def __init__(self, settings: TelegramSettings) -> None:
        self._chat = str(settings.chat_id)
        self._topic = None if settings.topic_id is None else str(settings.topic_id)
        users = settings.authorized_users
        self._users = None if users is None else frozenset(map(str, users))
        self._told: set[str] = set()

    def admits(self, message: Message, user: User | None) -> bool:
        """Tell whether a command in `message` of `user` counts."""
        if str(message.chat.id) != self._chat:
            self._tell(f"chat {message.chat.id}")
            return False
        if self._topic is not None and str(message.message_thread_id) != self._topic:
            return False  # common in groups with topics, and no news
        if self._users is not None and (user is None or str(user.id) not in self._users):
            self._tell(f"user {user.id if user else 'unknown'}")
            return False
        return True

    def _tell(self, stranger: str) -> None:
        if stranger not in self._told and len(self._told) < MOST_STRANGERS:
            self._told.add(stranger)
            log.warning("Telegram: commands of %s are ignored", stranger)
