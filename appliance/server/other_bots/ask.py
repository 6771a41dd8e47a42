"""Ask another bot how it stands, over freqtrade's REST API."""

import asyncio
from typing import Final, TypeVar

import aiohttp
import msgspec
from msgspec import Struct

from appliance.queries.other_bots import OtherBot

SECONDS: Final = 5.0
"""How long all answers of one bot may take."""
_MOST_BYTES: Final = 2**20

T = TypeVar("T")


class _Config(Struct):
    """Hold the part of /show_config that is shown."""

    state: str = ""
    bot_name: str = ""
    strategy: str | None = None
    timeframe: str | None = None
    exchange: str = ""
    trading_mode: str = "spot"
    dry_run: bool = True
    stake_currency: str = ""
    version: str | None = None


class _Profit(Struct):
    """Hold the part of /profit that is shown: money in stake currency, ratios 0.01 for one percent."""

    profit_closed_coin: float = 0.0
    profit_closed_ratio: float | None = None
    profit_all_coin: float | None = None
    closed_trade_count: int = 0
    winrate: float | None = None
    max_drawdown: float | None = None


class _Count(Struct):
    current: int = 0
    max: float = 0
    """-1 for no limit."""


class _Balance(Struct):
    total: float | None = None
    """What the page shows of its own bot too; `total_bot` leaves out what unfilled orders reserve."""


class _Day(Struct):
    date: str = ""
    abs_profit: float = 0.0


class _Daily(Struct):
    data: list[_Day] = []


class Standing(Struct, frozen=True, kw_only=True):
    """State how a bot stands: money in its stake currency, ratios 0.01 for one percent, None if unknown."""

    state: str
    bot_name: str
    strategy: str
    timeframe: str
    exchange: str
    trading_mode: str
    dry_run: bool
    currency: str
    version: str
    open: int
    most: int
    """The most open trades; 0 for no limit."""
    today: float | None
    closed: float
    closed_ratio: float | None
    open_profit: float | None
    trades: int
    winrate: float | None
    drawdown: float | None
    balance: float | None


class Unanswered(Exception):
    """Say in words why a bot did not answer."""


async def standing(session: aiohttp.ClientSession, bot: OtherBot) -> Standing:
    """Return how `bot` stands. Raises Unanswered."""
    try:
        async with asyncio.timeout(SECONDS):
            config = await _get(session, bot, "show_config", _Config)
            profit, count, balance, daily = await asyncio.gather(
                _get(session, bot, "profit", _Profit),
                _get(session, bot, "count", _Count),
                _get(session, bot, "balance", _Balance),
                _get(session, bot, "daily?timescale=1", _Daily),
            )
    except TimeoutError:
        raise Unanswered(
            f"no answer within {SECONDS:.0f} seconds; is it running, and is the address right?"
        ) from None
    return _put_together(config, profit, count, balance, daily)


def _put_together(
    config: _Config, profit: _Profit, count: _Count, balance: _Balance, daily: _Daily
) -> Standing:
    whole = profit.profit_all_coin
    return Standing(
        state=config.state,
        bot_name=config.bot_name,
        strategy=config.strategy or "",
        timeframe=config.timeframe or "",
        exchange=config.exchange,
        trading_mode=config.trading_mode,
        dry_run=config.dry_run,
        currency=config.stake_currency,
        version=config.version or "",
        open=count.current,
        most=int(count.max) if 0 < count.max < 1e6 else 0,
        today=daily.data[0].abs_profit if daily.data else None,
        closed=profit.profit_closed_coin,
        closed_ratio=profit.profit_closed_ratio,
        open_profit=None if whole is None else whole - profit.profit_closed_coin,
        trades=profit.closed_trade_count,
        winrate=profit.winrate,
        drawdown=profit.max_drawdown,
        balance=balance.total,
    )


async def _get(session: aiohttp.ClientSession, bot: OtherBot, path: str, kind: type[T]) -> T:
    """Return one answer. Redirects are not followed: they would take the login elsewhere."""
    try:
        async with session.get(
            f"{bot.url}/api/v1/{path}", allow_redirects=False, headers=_login(bot)
        ) as answer:
            body = await answer.content.read(_MOST_BYTES)
            _check(answer.status)
            return msgspec.json.decode(body, type=kind, strict=False)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Unanswered("its answer is not that of a bot; is the address right?") from None
    except aiohttp.ClientConnectorCertificateError:
        raise Unanswered("its certificate is not trusted by this machine") from None
    except (aiohttp.ClientError, OSError, ValueError) as error:
        raise Unanswered(f"cannot be reached: {_reason(error)}") from None


def _login(bot: OtherBot) -> dict[str, str]:
    if bot.username:
        return {"Authorization": aiohttp.encode_basic_auth(bot.username, bot.secret, encoding="utf-8")}
    return {"Authorization": f"Bearer {bot.secret}"} if bot.secret else {}


def _check(status: int) -> None:
    if status in (401, 403):
        raise Unanswered("it refuses this login; remove the bot and add it with the right one")
    if 300 <= status < 400:
        raise Unanswered("it redirects elsewhere; enter the address that it redirects to")
    if status == 503:
        raise Unanswered("it is starting, or has no bot")
    if status != 200:
        raise Unanswered(f"it answers with status {status}")


def _reason(error: Exception) -> str:
    cause = getattr(error, "os_error", error)
    return getattr(cause, "strerror", None) or type(error).__name__
