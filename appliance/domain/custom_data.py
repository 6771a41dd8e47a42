"""Hold the custom data of a trade: a strategy's values by name, ignoring the case of names."""

import json
import logging
from typing import Any

import msgspec

log = logging.getLogger(__name__)

_PLAIN = (str, int, float, bool)
"""Stored as they are; all other values in the form that JSON gives them, as in the database."""


class CustomDataEntry(msgspec.Struct, frozen=True):
    """Hold one value; the fields are named like the database's columns."""

    ft_trade_id: int
    cd_key: str
    cd_type: str
    value: Any

    @property
    def cd_value(self) -> str:
        return str(self.value) if type(self.value) in _PLAIN else json.dumps(self.value)


class WithCustomData:
    """Add custom data to a trade. `changed_custom_data` has the keys that are not stored yet."""

    __slots__ = ()

    id: int
    custom_data: dict[str, Any]
    changed_custom_data: set[str]

    def set_custom_data(self, key: str, value: Any) -> None:
        """Store a JSON-like value with the trade, across restarts; any other value is logged and left out."""
        try:
            stored = value if type(value) in _PLAIN else json.loads(json.dumps(value))
        except (TypeError, ValueError) as error:
            log.warning("Custom data '%s' of trade %d is not stored: %s", key, self.id, error)
            return
        known = self._known(key) or key
        self.custom_data[known] = stored
        self.changed_custom_data.add(known)

    def get_custom_data(self, key: str, default: Any = None) -> Any:
        known = self._known(key)
        return default if known is None else self.custom_data[known]

    def get_custom_data_keys(self) -> list[str]:
        return list(self.custom_data)

    def get_custom_data_entry(self, key: str) -> CustomDataEntry | None:
        known = self._known(key)
        return None if known is None else self._entry(known)

    def get_all_custom_data(self) -> list[CustomDataEntry]:
        return [self._entry(key) for key in self.custom_data]

    def delete_custom_data(self, key: str | None = None) -> None:
        """Delete one value, or all of them; an unknown name is no error."""
        for known in list(self.custom_data) if key is None else [self._known(key)]:
            if known is not None:
                del self.custom_data[known]
                self.changed_custom_data.add(known)

    def _known(self, key: str) -> str | None:
        """Return the stored spelling of a name; None if there is no such value."""
        if key in self.custom_data:
            return key
        folded = key.casefold()
        return next((known for known in self.custom_data if known.casefold() == folded), None)

    def _entry(self, key: str) -> CustomDataEntry:
        value = self.custom_data[key]
        return CustomDataEntry(self.id, key, type(value).__name__, value)
