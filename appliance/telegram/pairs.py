"""Show and change by Telegram what is traded, what never, and what is locked."""

from html import escape

from appliance.domain.errors import Refused
from appliance.notify.pages import Block
from appliance.queries import blacklist as rest_blacklist
from appliance.queries import locks as rest_locks
from appliance.reports.views.locks import Locks
from appliance.telegram.answers import MOST_DIGITS, Answer, Asked, said, table


async def whitelist(asked: Asked) -> Answer:
    """Show what is traded; "sorted" by name, "baseonly" without the stake currency."""
    pairs = list(asked.bot.whitelist)
    if "sorted" in asked.words:
        pairs.sort()
    if "baseonly" in asked.words:
        pairs = [pair.split("/")[0] for pair in pairs]
    return _listed(f"{len(pairs)} pairs by {', '.join(asked.bot.pairlist_names)}", pairs)


async def blacklist(asked: Asked) -> Answer:
    """Show what is never traded, after adding pairs or patterns to it if some are named."""
    if not asked.words:
        return _blacklisted(await rest_blacklist.blacklist(asked.bot))
    payload = rest_blacklist.BlacklistPayload(list(asked.words))
    return _blacklisted(await rest_blacklist.add_to_blacklist(asked.bot, payload))


async def blacklist_delete(asked: Asked) -> Answer:
    """Take pairs or patterns off the blacklist, until the configuration is reloaded. Raises Refused."""
    if not asked.words:
        raise Refused("Name pairs or patterns, as they stand in the blacklist.")
    query = rest_blacklist.BlacklistQuery(list(asked.words))
    return _blacklisted(await rest_blacklist.take_off_blacklist(asked.bot, query))


async def locks(asked: Asked) -> Answer:
    return _locked(rest_locks.locks(asked.bot))


async def unlock(asked: Asked) -> Answer:
    """Lift one lock by its id, or all locks of a pair. Raises Refused."""
    if not asked.words:
        raise Refused("Name a pair, or a lock by its id.")
    word = asked.words[0]
    by_id = word.isascii() and word.isdecimal() and len(word) <= MOST_DIGITS
    request = rest_locks.DeleteLockRequest(
        lockid=int(word) if by_id else None, pair=None if by_id else asked.pair()
    )
    return _locked(await rest_locks.delete_locks(asked.bot, request))


def _blacklisted(told: rest_blacklist.BlacklistResponse) -> Answer:
    wrong = tuple(f"⚠️ {error.error_msg}" for error in told.errors.values())
    shown = _listed(f"{told.length} entries in the blacklist", told.blacklist)
    return Answer(blocks=(*said("\n".join(wrong)).blocks, *shown.blocks)) if wrong else shown


def _locked(told: Locks) -> Answer:
    if not told.locks:
        return said("Nothing is locked.")
    lines = [(lock.id, lock.pair, lock.side, lock.lock_end_time, lock.reason or "") for lock in told.locks]
    return Answer(blocks=(table(("ID", "Pair", "Side", "Until (UTC)", "Reason"), lines),))


def _listed(title: str, names: list[str]) -> Answer:
    lines = [", ".join(names[at : at + 50]) for at in range(0, len(names), 50)]
    shown = tuple(f"<code>{escape(line, quote=False)}</code>" for line in lines)
    return Answer(blocks=(*said(title).blocks, Block(shown)))
