"""Create the methods of the clients from the table of commands; `methods.pyi` declares their types."""

from collections.abc import Callable
from inspect import Parameter, Signature
from typing import Any

from appliance.client.command import Command
from appliance.client.commands import COMMANDS


class Commands:
    """A method for each command; `_call` executes it."""

    def _call(self, command: str, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
        raise TypeError("Commands is a base class")


class AsyncCommands:
    """A coroutine for each command; `_call` executes it."""

    async def _call(self, command: str, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
        raise TypeError("AsyncCommands is a base class")


def _blocking(name: str) -> Callable[..., Any]:
    def method(self: Commands, *arguments: Any, **keywords: Any) -> Any:
        return self._call(name, arguments, keywords)

    return method


def _awaitable(name: str) -> Callable[..., Any]:
    async def method(self: AsyncCommands, *arguments: Any, **keywords: Any) -> Any:
        return await self._call(name, arguments, keywords)

    return method


def _add(owner: type, command: Command, method: Any) -> None:
    itself = Parameter("self", Parameter.POSITIONAL_OR_KEYWORD)
    method.__name__ = command.name
    method.__qualname__ = f"{owner.__name__}.{command.name}"
    method.__doc__ = command.doc
    method.__signature__ = Signature([itself, *command.signature.parameters.values()], return_annotation=Any)
    setattr(owner, command.name, method)


for _command in COMMANDS:
    _add(Commands, _command, _blocking(_command.name))
    _add(AsyncCommands, _command, _awaitable(_command.name))
