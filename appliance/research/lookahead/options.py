"""State what a lookahead analysis is asked for."""

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec

from appliance.config.documented import doc
from appliance.domain.errors import ConfigurationError

SECONDS = 15.0
"""How long each core may compute for checks that were not asked for."""


class LookaheadOptions(msgspec.Struct, frozen=True, kw_only=True):
    """Hold freqtrade's options, and how many `seconds` there are for further candles."""

    minimum_trade_amount: Annotated[int, doc("Signals that a strategy needs for a verdict.")] = 10
    targeted_trade_amount: Annotated[int, doc("Signals to check, however long it takes.")] = 20
    lookahead_analysis_exportfilename: Annotated[str | None, doc("CSV file to add the result to.")] = None
    seconds: float = SECONDS

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> "LookaheadOptions":
        """Read them from a merged configuration. Raises ConfigurationError naming the key."""
        given = {key: config[key] for key in cls.__struct_fields__ if config.get(key) is not None}
        given.pop("seconds", None)
        try:
            options = msgspec.convert(given, cls, strict=False)
        except msgspec.ValidationError as error:
            problem, _, path = str(error).partition(" - at `$.")
            raise ConfigurationError(f"{path.rstrip('`')}: {problem}") from None
        if options.targeted_trade_amount < options.minimum_trade_amount:
            raise ConfigurationError(
                f"targeted_trade_amount: expected at least minimum_trade_amount "
                f"({options.minimum_trade_amount}), found {options.targeted_trade_amount}"
            )
        return options
