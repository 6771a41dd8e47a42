"""State how much worse than on their candles the orders of a backtest fill."""

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec

from appliance.config.documented import doc


class Realism(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """State which models apply, and how strongly; by default none. Section `backtest_realism`."""

    slippage: Annotated[
        float, doc("Market orders and stops fill that much worse (a ratio of the rate).", ge=0, lt=1)
    ] = 0.0
    spread: Annotated[
        float, doc("Distance of ask and bid (a ratio); candles lie in the middle.", ge=0, lt=1)
    ] = 0.0
    volume_cap: Annotated[
        Annotated[float, msgspec.Meta(gt=0, le=1)] | None,
        doc("Largest part of a candle's volume that an entry may take (a ratio)."),
    ] = None
    gaps_through_stops: Annotated[bool, doc("Fill a stop that the candle opened beyond at its open.")] = False

    @classmethod
    def stated(cls, record: Mapping[str, Any]) -> "Realism":
        """Return what a stored result states; fields that this version does not know are left out."""
        return msgspec.convert({key: record[key] for key in cls.__struct_fields__ if key in record}, cls)

    @property
    def is_on(self) -> bool:
        return self != OFF

    def __str__(self) -> str:
        parts = (
            f"slippage {self.slippage * 100:.6g} %" if self.slippage else "",
            f"spread {self.spread * 100:.6g} %" if self.spread else "",
            f"entries at most {self.volume_cap * 100:.6g} % of a candle's volume" if self.volume_cap else "",
            "stops fill at the open behind gaps" if self.gaps_through_stops else "",
        )
        return ", ".join(filter(None, parts)) or "off"


OFF = Realism()
