"""Refuse commands while the program is shutting down."""

import asyncio
import functools
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from appliance.domain.errors import ApplianceError, Refused

ENDING = "the bot is shutting down"


@dataclass
class ShutdownGate:
    """Say whether the shutdown has begun: from then on no command is carried out."""

    closing: bool = False


class CarriesOut(Protocol):
    """Have a gate, and carry out commands while it is open."""

    gate: ShutdownGate


Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")
Self = TypeVar("Self", bound=CarriesOut)
Command = Callable[Concatenate[Self, Arguments], Coroutine[Any, Any, Result]]


def commanded(command: Command[Self, Arguments, Result]) -> Command[Self, Arguments, Result]:
    """Make a method that carries out a command raise `Refused` once the shutdown has begun.

    Exchange, database and strategy are closed then, one after another: an error that this causes in a running
    command is reported as a refusal.
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
    return carrier.gate.closing  # a function, since it may change during an await


def _is_cancelled() -> bool:
    """Return whether the caller itself was cancelled, and not just a call within."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
