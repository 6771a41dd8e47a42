"""Open the exchange that the configuration names."""

import asyncio
import difflib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, TypeVar

import msgspec

from appliance.config.sections.exchange import REPLAYED, SIMULATED, ExchangeSettings
from appliance.domain.enums import TradingMode
from appliance.domain.errors import ConfigurationError
from appliance.exchange.ccxt_import import known_names
from appliance.exchange.dry_run.gateway import DryRunGateway
from appliance.exchange.gateway import Gateway, MarketData
from appliance.exchange.traits import FORMER_NAMES, SUPPORTED

if TYPE_CHECKING:
    from appliance.exchange.capabilities import Needs

Opened = TypeVar("Opened", bound=MarketData)


async def open_gateway(  # noqa: PLR0913 -- independent options, each by name
    settings: ExchangeSettings,
    *,
    dry_run: bool,
    fee: float | None = None,
    clock: Callable[[], int] | None = None,
    mode: TradingMode = TradingMode.SPOT,
    needs: "Needs | None" = None,
) -> Gateway:
    """Return a gateway that is connected and has its markets loaded; the caller closes it.

    `mode` says which of its markets are traded: spot, or linear perpetual ones (in dry-run only).
    `fee`, a ratio, replaces the exchange's own. `clock` (ms since 1970) moves the simulated market.
    `needs` is what live trading is going to request.
    Raises `ConfigurationError` for what the user must change, `ExchangeError` when it does not answer.
    """
    if not dry_run:
        return await _opened(await asyncio.to_thread(_live, settings, fee, needs))
    # Importing numpy or ccxt and reading ccxt's folder takes long: not in the event loop.
    data = await asyncio.to_thread(market_data, settings, clock=clock, mode=mode)
    await _opened(data)
    return DryRunGateway(data, fee=fee, partial_fills=settings.name == SIMULATED)


async def _opened(data: Opened) -> Opened:
    try:
        await data.open()
    except BaseException:
        await data.close()
        raise
    return data


def _live(settings: ExchangeSettings, fee: float | None, needs: "Needs | None") -> Gateway:
    from appliance.exchange.ccxt.gateway import live_gateway  # late: it loads ccxt

    return live_gateway(settings, fee=fee, needs=needs)


def market_data(
    settings: ExchangeSettings,
    *,
    clock: Callable[[], int] | None = None,
    mode: TradingMode = TradingMode.SPOT,
    everything: bool = False,
) -> MarketData:
    """Return the named exchange's market data, not yet connected. Raises `ConfigurationError`.

    Where that replays candles, these are the data of the exchange that they are from. With `everything` also
    the markets that the bot does not trade in this mode, as far as there are any.
    """
    if settings.name == REPLAYED:
        settings = msgspec.structs.replace(settings, name=settings.source)
    if settings.name == SIMULATED:
        from appliance.exchange.simulated.market import SimulatedMarket  # late: it loads numpy

        own = settings.simulated
        return SimulatedMarket(seed=own.seed, speed=own.speed, fee=own.fee, clock=clock, mode=mode)
    from appliance.exchange.ccxt.market_data import all_market_data, spot_market_data  # late: it loads ccxt

    check_name(settings.name)
    if everything and mode is not TradingMode.FUTURES:
        return all_market_data(settings)
    if mode is TradingMode.FUTURES:
        from appliance.exchange.ccxt.futures_data import futures_market_data  # late: it loads ccxt

        return futures_market_data(settings, with_others=everything)
    return spot_market_data(settings)


@asynccontextmanager
async def opened_market_data(
    settings: ExchangeSettings, *, mode: TradingMode, everything: bool = False
) -> AsyncIterator[MarketData]:
    """Open the named exchange's market data until the block ends.

    Raises as `market_data` does, and `ExchangeError` when the exchange does not answer.
    """
    # Importing numpy or ccxt and reading ccxt's folder takes long: not in the event loop.
    data = await asyncio.to_thread(market_data, settings, mode=mode, everything=everything)
    await _opened(data)
    try:
        yield data
    finally:
        await data.close()


def check_name(name: str) -> None:
    """Raise `ConfigurationError` for an exchange that neither ccxt nor this program knows."""
    known = known_names()
    if name != SIMULATED and name not in known:
        raise ConfigurationError(_unknown(name, known))


def _unknown(name: str, known: list[str]) -> str:
    present = FORMER_NAMES.get(name.lower())
    near = (
        [present]
        if present in known
        else difflib.get_close_matches(name.lower(), [SIMULATED, REPLAYED, *known], n=3)
    )
    hint = (
        f"did you mean {' or '.join(near)}?"
        if near
        else f'e.g. {", ".join(list(SUPPORTED)[:2])}, or "{SIMULATED}"'
    )
    return f'exchange.name: expected an exchange that ccxt knows, found "{name}"; {hint}'
