"""Parse what Telegram sends: messages, and presses of buttons."""

from typing import Any

import msgspec


class Chat(msgspec.Struct):
    id: int


class User(msgspec.Struct):
    id: int
    first_name: str = ""


class Message(msgspec.Struct):
    """Hold a message; `date` in seconds since 1970."""

    message_id: int
    chat: Chat
    date: int = 0
    text: str = ""
    message_thread_id: int | None = None
    sender: User | None = msgspec.field(default=None, name="from")


class ButtonPress(msgspec.Struct):
    """Hold a press of a button under `message`."""

    id: str
    sender: User = msgspec.field(name="from")
    message: Message | None = None
    data: str = ""


class Update(msgspec.Struct):
    """Hold one update: a message or a press."""

    update_id: int
    message: Message | None = None
    press: ButtonPress | None = msgspec.field(default=None, name="callback_query")

    @property
    def about(self) -> Message | None:
        """The message that was sent, or whose button was pressed."""
        return self.press.message if self.press else self.message

    @property
    def user(self) -> User | None:
        return self.press.sender if self.press else (self.message.sender if self.message else None)


def update_of(raw: Any) -> Update | None:
    """Return an update; None if it is of another kind, or malformed."""
    try:
        return msgspec.convert(raw, Update)
    except msgspec.ValidationError:
        return None


def number_of(raw: Any) -> int:
    """Return the number of an update, whatever else is in it; 0 if it has none."""
    found = raw.get("update_id") if isinstance(raw, dict) else None
    return found if isinstance(found, int) else 0
