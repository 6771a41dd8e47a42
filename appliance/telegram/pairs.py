"""Show the whitelist; show and change the blacklist and the locks."""

from html import escape

from appliance.domain.errors import Refused
from appliance.notify.pages import Block
from appliance.queries import blacklist as blacklist_queries
from appliance.queries import locks as lock_queries
from appliance.reports.views.locks import Locks
from appliance.telegram.answers import MOST_DIGITS, Answer, ChatRequest, table, text_answer


async def whitelist(request: ChatRequest) -> Answer:
    """Show the whitelist: "sorted" by name, "baseonly" without the stake currency."""
    pairs = list(request.bot.whitelist)
    if "sorted" in request.words:
        pairs.sort()
    if "baseonly" in request.words:
        pairs = [pair.split("/")[0] for pair in pairs]
    count = "1 pair" if len(pairs) == 1 else f"{len(pairs)} pairs"
    return _list_shown(f"{count} by {', '.join(request.bot.pairlist_names)}", pairs)


async def blacklist(request: ChatRequest) -> Answer:
    """Show the blacklist, after adding the named pairs or patterns to it, if any."""
    if not request.words:
        return _blacklist_shown(await blacklist_queries.blacklist(request.bot))
    payload = blacklist_queries.BlacklistPayload(list(request.words))
    return _blacklist_shown(await blacklist_queries.add_to_blacklist(request.bot, payload))


async def blacklist_delete(request: ChatRequest) -> Answer:
    """Remove pairs or patterns from the blacklist, until the configuration is reloaded. Raises Refused."""
    if not request.words:
        raise Refused("Name pairs or patterns as they are written in the blacklist.")
    query = blacklist_queries.BlacklistQuery(list(request.words))
    return _blacklist_shown(await blacklist_queries.remove_from_blacklist(request.bot, query))


async def locks(request: ChatRequest) -> Answer:
    return _locks_shown(lock_queries.locks(request.bot))


async def unlock(request: ChatRequest) -> Answer:
    """Delete one lock by its id, or all locks of a pair. Raises Refused."""
    if not request.words:
        raise Refused("Name a pair, or a lock by its id.")
    word = request.words[0]
    by_id = word.isascii() and word.isdecimal() and len(word) <= MOST_DIGITS
    chosen = lock_queries.DeleteLockRequest(
        lockid=int(word) if by_id else None, pair=None if by_id else request.pair()
    )
    return _locks_shown(await lock_queries.delete_locks(request.bot, chosen))


def _blacklist_shown(found: blacklist_queries.BlacklistResponse) -> Answer:
    wrong = tuple(f"⚠️ {error.error_msg}" for error in found.errors.values())
    shown = _list_shown(f"{found.length} entries in the blacklist", found.blacklist)
    return Answer(blocks=(*text_answer("\n".join(wrong)).blocks, *shown.blocks)) if wrong else shown


def _locks_shown(found: Locks) -> Answer:
    if not found.locks:
        return text_answer("Nothing is locked.")
    lines = [(lock.id, lock.pair, lock.side, lock.lock_end_time, lock.reason or "") for lock in found.locks]
    return Answer(blocks=(table(("ID", "Pair", "Side", "Until (UTC)", "Reason"), lines),))


def _list_shown(title: str, names: list[str]) -> Answer:
    lines = [", ".join(names[at : at + 50]) for at in range(0, len(names), 50)]
    shown = tuple(f"<code>{escape(line, quote=False)}</code>" for line in lines)
    return Answer(blocks=(*text_answer(title).blocks, Block(shown)))
