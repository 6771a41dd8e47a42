"""Check that a command comes from the chat and a user that the settings name."""

import logging

from appliance.config.settings import TelegramSettings
from appliance.telegram.updates import Message, User

log = logging.getLogger(__name__)

MOST_LOGGED = 100
"""Unknown chats and users that are logged, each once."""


class AccessCheck:
    """Decide whose commands count. Others get no answer; each of them is logged once."""

    def __init__(self, settings: TelegramSettings) -> None:
        self._chat = str(settings.chat_id)
        self._topic = None if settings.topic_id is None else str(settings.topic_id)
        users = settings.authorized_users
        self._users = None if users is None else frozenset(map(str, users))
        self._logged: set[str] = set()

    def allows(self, message: Message, user: User | None) -> bool:
        """Return whether a command in `message` of `user` may be carried out."""
        if str(message.chat.id) != self._chat:
            self._log_once(f"chat {message.chat.id}")
            return False
        if self._topic is not None and str(message.message_thread_id) != self._topic:
            return False  # common in groups with topics: not logged
        if self._users is not None and (user is None or str(user.id) not in self._users):
            self._log_once(f"user {user.id if user else 'unknown'}")
            return False
        return True

    def _log_once(self, sender: str) -> None:
        if sender not in self._logged and len(self._logged) < MOST_LOGGED:
            self._logged.add(sender)
            log.warning("Telegram: commands of %s are ignored", sender)
