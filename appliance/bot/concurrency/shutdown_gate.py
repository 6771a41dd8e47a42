"""Refuse commands while the program ends, in plain words."""

import asyncio
import functools
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from appliance.domain.errors import ApplianceError, Refused

ENDING = "the bot is shutting down"


@dataclass
class ShutdownGate:
    """Say whether the program has begun to end: no command is carried out from then on."""

    closing: bool = False


class CarriesOut(Protocol):
    """Carry out commands as long as the gate is open."""

    gate: ShutdownGate


Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")
Self = TypeVar("Self", bound=CarriesOut)
Command = Callable[Concatenate[Self, Arguments], Coroutine[Any, Any, Result]]


def commanded(command: Command[Self, Arguments, Result]) -> Command[Self, Arguments, Result]:
    """Let a method that carries out a command raise `Refused` once the program has begun to end.

    Exchange, database and strategy are closed then, in turn: whatever that does to a command under way is no
    error of its own.
    """

    async def carried_out(self: Self, /, *args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        if _is_closing(self):
            raise Refused(ENDING)
        try:
            return await command(self, *args, **kwargs)
        except ApplianceError:
            raise
        except (Exception, asyncio.CancelledError) as error:
            if not _is_closing(self) or _is_cancelled():
                raise
            raise Refused(f"{ENDING}; the next start resolves what became of this") from error

    functools.update_wrapper(carried_out, command)
    return carried_out


def _is_closing(carrier: CarriesOut) -> bool:
    return carrier.gate.closing  # asked again after a wait: it may have changed meanwhile


def _is_cancelled() -> bool:
    """Return whether the caller has gone, other than a call within that was given up."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
