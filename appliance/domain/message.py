"""Name what the bot announces, and hold each announcement: made once, then read by hub, log and notifiers."""

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


class Message(msgspec.Struct, frozen=True):
    """Hold one announcement; `fields` stand beside `type` on the wire."""

    type: MessageType
    fields: dict[str, Any]

    def body(self) -> dict[str, Any]:
        """Return what goes over the wire. Dates have their offset in digits, which all clients can read."""
        told = {key: _offset_told(value) for key, value in self.fields.items()}
        return {"type": self.type.value, **told}


def _offset_told(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
