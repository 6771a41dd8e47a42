"""Refuse people's commands while the program ends, in plain words."""

import asyncio
import functools
from collections.abc import Callable, Coroutine
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from appliance.bot.state.context import Trading
from appliance.domain.errors import ApplianceError, Refused

ENDING = "the bot is shutting down"


class CarriesOut(Protocol):
    """Have a `Trading` to carry out commands on."""

    _t: Trading


Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")
Self = TypeVar("Self", bound=CarriesOut)
Command = Callable[Concatenate[Self, Arguments], Coroutine[Any, Any, Result]]


def commanded(command: Command[Self, Arguments, Result]) -> Command[Self, Arguments, Result]:
    """Let a method that people command raise `Refused` once the program has begun to end.

    Exchange, database and strategy are let go then, in turn: whatever that does to a command under way is no
    error of its own.
    """

    async def carried_out(self: Self, /, *args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        if _is_ending(self):
            raise Refused(ENDING)
        try:
            return await command(self, *args, **kwargs)
        except ApplianceError:
            raise
        except (Exception, asyncio.CancelledError) as error:
            if not _is_ending(self) or _is_cancelled():
                raise
            raise Refused(f"{ENDING}; what became of this is found out at its next start") from error

    functools.update_wrapper(carried_out, command)
    return carried_out


def _is_ending(who: CarriesOut) -> bool:
    return who._t.closing


def _is_cancelled() -> bool:
    """Tell whether whoever commands has gone, other than a call within that was given up."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
