"""Money: what is staked, how much of it, and where it comes from."""

import math
from typing import Annotated, Literal

from msgspec import Meta, Struct

from appliance.config.documented import doc
from appliance.domain.enums import MarginMode, TradingMode

Stake = Annotated[float, Meta(gt=0)]


class StakeSettings(Struct, frozen=True, kw_only=True):
    max_open_trades: Annotated[float, doc("Most trades open at once; -1 is no limit.", ge=-1)] = math.inf
    stake_currency: Annotated[str, doc("Currency that trades are paid in, e.g. USDT.")] = ""
    stake_amount: Annotated[
        Stake | Literal["unlimited"],
        doc(
            'Stake of one trade in stake currency; "unlimited" shares the balance among `max_open_trades`.',
        ),
    ] = "unlimited"
    tradable_balance_ratio: Annotated[float, doc("Part of the balance that the bot may use.", gt=0, le=1)] = (
        0.99
    )
    available_capital: (
        Annotated[float, doc("Starting capital in stake currency, when several bots share an account.", gt=0)]
        | None
    ) = None
    amend_last_stake_amount: Annotated[bool, doc("Let the last trade take what is left of the balance.")] = (
        False
    )
    last_stake_amount_min_ratio: Annotated[
        float, doc("Least part of the stake that such a last trade must have.", ge=0, le=1)
    ] = 0.5
    amount_reserve_percent: Annotated[
        float, doc("Reserve above the exchange's least amount, as a ratio, for the stop loss.", ge=0, le=0.5)
    ] = 0.05
    dry_run: Annotated[bool, doc("Trade with play money.")] = True
    dry_run_wallet: Annotated[
        float | dict[str, float],
        doc("Play money at the start, in stake currency or as balances by currency."),
    ] = 1000.0
    fee: Annotated[float, doc("Fee as a ratio, instead of the exchange's own.", ge=0, le=0.1)] | None = None
    fiat_display_currency: Annotated[str, doc("Currency in which amounts are shown besides.")] = ""
    trading_mode: Annotated[TradingMode, doc("Spot or futures markets.")] = TradingMode.SPOT
    margin_mode: Annotated[MarginMode, doc("How margin is kept in futures trading.")] = MarginMode.NONE
    liquidation_buffer: Annotated[
        float, doc("Safety distance before the liquidation price, as a ratio.", ge=0, le=0.99)
    ] = 0.05
    liquidation_warn_ratio: Annotated[
        float,
        doc(
            "Part of the way to the liquidation price that is left when a warning is sent; 0 is never.",
            ge=0,
            le=0.99,
        ),
    ] = 0.2
    proxy_coin: Annotated[str, doc("Currency that stands for the collateral in some futures modes.")] = ""
