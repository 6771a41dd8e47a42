"""Define the messages that the bot sends to websocket hub, log and notification services."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec


class MessageType(StrEnum):
    STATUS = "status"
    WARNING = "warning"
    EXCEPTION = "exception"
    STARTUP = "startup"
    ENTRY = "entry"
    ENTRY_FILL = "entry_fill"
    ENTRY_CANCEL = "entry_cancel"
    EXIT = "exit"
    EXIT_FILL = "exit_fill"
    EXIT_CANCEL = "exit_cancel"
    PROTECTION_TRIGGER = "protection_trigger"
    PROTECTION_TRIGGER_GLOBAL = "protection_trigger_global"
    LIQUIDATION_WARNING = "liquidation_warning"
    STRATEGY_MSG = "strategy_msg"
    WHITELIST = "whitelist"
    ANALYZED_DF = "analyzed_df"
    NEW_CANDLE = "new_candle"
    DECISION = "decision"


class Message(msgspec.Struct, frozen=True):
    """Hold one message; on the wire, `fields` are beside `type`."""

    type: MessageType
    fields: dict[str, Any]

    def body(self) -> dict[str, Any]:
        """Return the message for the wire. Dates have a numeric offset, which all clients can parse."""
        fields = {key: _with_offset(value) for key, value in self.fields.items()}
        return {"type": self.type.value, **fields}


def _with_offset(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
