"""Carry out each form once: sent twice, by a double click or a repeated request, it gets the first answer.

A form carries a ticket, issued when it is shown. Tickets are sealed with a key of this process, so that a
form from before a restart, whose outcome is no longer known, is refused instead of carried out again.
"""

import asyncio
import hashlib
import hmac
import secrets
from collections.abc import Awaitable, Callable
from typing import NamedTuple

LASTS = 3600
"""Seconds for which a form can be sent after it was shown."""
MOST = 5_000
"""Outcomes that are remembered; beyond that no more forms are accepted until the oldest expire."""


class Said(NamedTuple):
    """State the answer to a command. `is_final`: it may have had an effect, so its form is used up."""

    text: str
    status: int = 200
    is_final: bool = True


EXPIRED = Said(
    "This form was shown more than an hour ago, or before the bot was restarted. "
    "See what has become of it, then open it again.",
    409,
    is_final=False,
)
TOO_MANY = Said("Too many forms were sent within an hour. Try again later.", 429, is_final=False)


class Submissions:
    """Hold the outcome of each form that was sent. `now` returns seconds."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._key = secrets.token_bytes(32)
        self._running: dict[str, asyncio.Task[Said]] = {}
        self._expires: dict[str, float] = {}

    def ticket(self, session_id: str) -> str:
        """Return the ticket of a form that is shown now."""
        claim = f"{int(self._now()) + LASTS}.{secrets.token_hex(8)}"
        return f"{claim}.{self._seal(session_id, claim)}"

    async def once(self, session_id: str, ticket: str, carry_out: Callable[[], Awaitable[Said]]) -> Said:
        """Carry out the form of that ticket, or return what came of it.

        A form that had no effect may be sent again. A caller that is gone does not end what it has started.
        """
        expires = self._expiry(session_id, ticket)
        self._forget()
        if expires is None or expires <= self._now():
            return EXPIRED
        task = self._running.get(ticket)
        if task is None:
            if len(self._running) >= MOST:
                return TOO_MANY
            task = asyncio.ensure_future(self._carried_out(ticket, carry_out))
            self._running[ticket], self._expires[ticket] = task, expires
            return await asyncio.shield(task)
        said = await asyncio.shield(task)
        return said._replace(text=f"This was sent before, and is not done again. {said.text}")

    async def _carried_out(self, ticket: str, carry_out: Callable[[], Awaitable[Said]]) -> Said:
        said = None
        try:
            said = await carry_out()
        finally:
            if said is not None and not said.is_final:
                self._drop(ticket)
        return said

    def _drop(self, ticket: str) -> None:
        self._running.pop(ticket, None)
        self._expires.pop(ticket, None)

    def _forget(self) -> None:
        now = self._now()
        for ticket in [each for each, until in self._expires.items() if until <= now]:
            if self._running[ticket].done():
                self._drop(ticket)

    def _expiry(self, session_id: str, ticket: str) -> float | None:
        """Return until when a ticket is valid; None if it is none of ours."""
        claim, _, seal = ticket.rpartition(".")
        given, expected = (
            one.encode("utf-8", "surrogateescape") for one in (seal, self._seal(session_id, claim))
        )
        if not hmac.compare_digest(given, expected):
            return None
        return float(claim.partition(".")[0])

    def _seal(self, session_id: str, claim: str) -> str:
        text = f"{session_id}\0{claim}".encode("utf-8", "surrogateescape")
        return hmac.digest(self._key, text, hashlib.sha256).hex()
