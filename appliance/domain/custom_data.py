"""Keep what a strategy stores beside a trade: values by name, whatever the case of the name."""

import json
import logging
from typing import Any

import msgspec

log = logging.getLogger(__name__)

_PLAIN = (str, int, float, bool)
"""Kept as they are; everything else as what JSON makes of it, since the database keeps it so."""


class CustomDataEntry(msgspec.Struct, frozen=True):
    """Hold one value with its name, under the names of the database's columns."""

    ft_trade_id: int
    cd_key: str
    cd_type: str
    value: Any

    @property
    def cd_value(self) -> str:
        return str(self.value) if type(self.value) in _PLAIN else json.dumps(self.value)


class WithCustomData:
    """Be the part of a trade that keeps a strategy's values. `changed_custom_data`: not yet written down."""

    __slots__ = ()

    id: int
    custom_data: dict[str, Any]
    changed_custom_data: set[str]

    def set_custom_data(self, key: str, value: Any) -> None:
        """Keep a JSON-like value beside the trade, across restarts; what is no JSON is told and not kept."""
        try:
            kept = value if type(value) in _PLAIN else json.loads(json.dumps(value))
        except (TypeError, ValueError) as error:
            log.warning("Custom data '%s' of trade %d is not kept: %s", key, self.id, error)
            return
        known = self._known(key) or key
        self.custom_data[known] = kept
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
        """Drop one value, or all of them; a name that is not there is no error."""
        for known in list(self.custom_data) if key is None else [self._known(key)]:
            if known is not None:
                del self.custom_data[known]
                self.changed_custom_data.add(known)

    def _known(self, key: str) -> str | None:
        """Return the name under which a value of this name stands; None if there is none."""
        if key in self.custom_data:
            return key
        folded = key.casefold()
        return next((known for known in self.custom_data if known.casefold() == folded), None)

    def _entry(self, key: str) -> CustomDataEntry:
        value = self.custom_data[key]
        return CustomDataEntry(self.id, key, type(value).__name__, value)
