"""Say when a command changed nothing although the API answers as after a success, as freqtrade's does."""

from collections.abc import Mapping
from typing import Any

ENDS_LOCKS = ("delete_lock", "unlock_pair")
"""Commands whose answer does not show whether there was a lock: ask for the locks before."""


def no_effect(command: str, arguments: Mapping[str, object], locks_before: object, answer: object) -> str:
    """Return why a command had no effect, empty if it had one or that is not known.

    `arguments` are by name; `locks_before` is the answer to `locks` before a command of `ENDS_LOCKS`.
    """
    if command == "markets":
        return _other_exchange(arguments, answer)
    if command == "lock_add":
        return _ended_lock(arguments, answer)
    if command in ENDS_LOCKS:
        return _missing_lock(arguments, _locks(locks_before))
    return ""


def _other_exchange(arguments: Mapping[str, object], answer: object) -> str:
    wanted = arguments.get("exchange")
    shown = answer.get("exchange_id") if isinstance(answer, Mapping) else None
    if not wanted or not shown or str(wanted).lower() == str(shown).lower():
        return ""
    return f"exchange={wanted} has no effect while the bot trades: these are the markets of {shown}"


def _ended_lock(arguments: Mapping[str, object], answer: object) -> str:
    pair, reason = arguments.get("pair"), arguments.get("reason") or ""
    if any(lock.get("pair") == pair and (lock.get("reason") or "") == reason for lock in _locks(answer)):
        return ""
    return f"{pair} is not locked: {arguments.get('until')} is in the past (times without a zone are UTC)"


def _missing_lock(arguments: Mapping[str, object], locks: list[Mapping[str, Any]]) -> str:
    if "lock_id" in arguments:
        lock_id = arguments["lock_id"]
        found = any(lock.get("id") == lock_id for lock in locks)
        return "" if found else f"There is no active lock {lock_id}: nothing was changed"
    pair = arguments.get("pair")
    found = any(lock.get("pair") == pair for lock in locks)
    return "" if found else f"There is no active lock of {pair}: nothing was changed"


def _locks(body: object) -> list[Mapping[str, Any]]:
    locks = body.get("locks") if isinstance(body, Mapping) else None
    return [lock for lock in locks if isinstance(lock, Mapping)] if isinstance(locks, list) else []
