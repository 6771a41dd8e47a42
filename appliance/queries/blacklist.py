"""Query and change the pairs that are never traded."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from appliance.bot.bot import Bot


class BlacklistPayload(Struct, frozen=True):
    """Name pairs, or patterns such as "BNB/.*", to add."""

    blacklist: list[str]


class BlacklistQuery(Struct, frozen=True):
    """Name items to remove, as they were written."""

    pairs_to_delete: list[str] = []


class PairError(Struct, frozen=True):
    """State why a pair was not added or removed."""

    error_msg: str


class BlacklistResponse(Struct, frozen=True, kw_only=True):
    """Show the list as written and as the pairs it stands for; `errors` by the pair or pattern requested."""

    blacklist: list[str]
    blacklist_expanded: list[str]
    errors: dict[str, PairError]
    length: int
    method: list[str]


async def blacklist(bot: "Bot") -> BlacklistResponse:
    """List the pairs that are never traded."""
    return await _shown(bot, {})


async def add_to_blacklist(bot: "Bot", body: BlacklistPayload) -> BlacklistResponse:
    """Add pairs or patterns, until the bot is restarted."""
    return await _shown(bot, await bot.pairs.blacklist.add_in_thread(body.blacklist))


async def remove_from_blacklist(bot: "Bot", query: BlacklistQuery) -> BlacklistResponse:
    """Remove pairs or patterns."""
    return await _shown(bot, bot.pairs.blacklist.remove(query.pairs_to_delete))


async def _shown(bot: "Bot", errors: Mapping[str, str]) -> BlacklistResponse:
    written = bot.pairs.blacklist
    return BlacklistResponse(
        blacklist=list(written.patterns),
        blacklist_expanded=await written.expanded_in_thread(bot.gateway.markets),
        errors={pair: PairError(why) for pair, why in errors.items()},
        length=len(written.patterns),
        method=list(bot.pairlist_names),
    )
