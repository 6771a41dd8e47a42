"""State what a recursive analysis is asked for."""

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec

from appliance.config.documented import doc
from appliance.domain.errors import ConfigurationError

DEFAULT = (199, 399, 499, 999, 1999)


class RecursiveOptions(msgspec.Struct, frozen=True, kw_only=True):
    """Hold freqtrade's option."""

    startup_candle: Annotated[
        tuple[Annotated[int, msgspec.Meta(ge=1)], ...], doc("Numbers of startup candles to compare.")
    ] = DEFAULT

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> "RecursiveOptions":
        """Read them from a merged configuration. Raises ConfigurationError naming the key."""
        given = {"startup_candle": config["startup_candle"]} if config.get("startup_candle") else {}
        try:
            return msgspec.convert(given, cls, strict=False)
        except msgspec.ValidationError as error:
            problem = str(error).partition(" - at `$.")[0]
            raise ConfigurationError(f"startup_candle: {problem}") from None

    def with_own(self, own: int) -> tuple[int, ...]:
        """Return the numbers, least first, and that of the strategy if it has one."""
        return tuple(sorted({*self.startup_candle, *([own] if own else [])}))
