"""Settings of stakes, balances, fees and margin."""

import math
from typing import Annotated, Literal

from msgspec import Meta, Struct

from appliance.config.documented import doc
from appliance.domain.enums import MarginMode, TradingMode

Stake = Annotated[float, Meta(gt=0)]


class StakeSettings(Struct, frozen=True, kw_only=True):
    max_open_trades: Annotated[float, doc("Maximum number of open trades; -1 for no limit.", ge=-1)] = (
        math.inf
    )
    stake_currency: Annotated[str, doc("Currency of the stakes, e.g. USDT.")] = ""
    stake_amount: Annotated[
        Stake | Literal["unlimited"],
        doc(
            'Stake of one trade in stake currency; "unlimited" divides the balance by `max_open_trades`.',
        ),
    ] = "unlimited"
    tradable_balance_ratio: Annotated[
        float, doc("Ratio of the balance that the bot may use.", gt=0, le=1)
    ] = 0.99
    available_capital: (
        Annotated[float, doc("Starting capital in stake currency, if several bots share an account.", gt=0)]
        | None
    ) = None
    amend_last_stake_amount: Annotated[
        bool, doc("Reduce the stake of the last trade to the remaining balance.")
    ] = False
    last_stake_amount_min_ratio: Annotated[
        float, doc("Minimum stake of such a last trade, as a ratio of the full stake.", ge=0, le=1)
    ] = 0.5
    amount_reserve_percent: Annotated[
        float, doc("Reserve above the exchange's minimum amount for the stop loss, as a ratio.", ge=0, le=0.5)
    ] = 0.05
    dry_run: Annotated[bool, doc("Simulate orders instead of sending them to the exchange.")] = True
    dry_run_wallet: Annotated[
        float | dict[str, float],
        doc("Initial balance in dry-run, in stake currency or as balances by currency."),
    ] = 1000.0
    fee: Annotated[float, doc("Fee as a ratio, instead of the exchange's fee.", ge=0, le=0.1)] | None = None
    fiat_display_currency: Annotated[str, doc("Fiat currency in which amounts are shown, too.")] = ""
    trading_mode: Annotated[TradingMode, doc("Spot or futures markets.")] = TradingMode.SPOT
    margin_mode: Annotated[MarginMode, doc("Margin mode of futures trading.")] = MarginMode.NONE
    liquidation_buffer: Annotated[
        float, doc("Safety margin before the liquidation price, as a ratio.", ge=0, le=0.99)
    ] = 0.05
    liquidation_warn_ratio: Annotated[
        float,
        doc(
            "Remaining distance to the liquidation price, as a ratio, at which to warn; 0 for never.",
            ge=0,
            le=0.99,
        ),
    ] = 0.2
    proxy_coin: Annotated[str, doc("Currency of the collateral in some futures modes.")] = ""
