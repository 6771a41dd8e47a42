"""Describe one route: which function answers which request, and who may send it."""

import inspect
from collections.abc import Callable
from typing import Any, Literal

import msgspec

from appliance.queries.roles import Role
from appliance.server.routing.encoding import may_be_long

Method = Literal["GET", "POST", "DELETE", "PATCH", "PUT"]


class Route(msgspec.Struct, frozen=True, kw_only=True):
    """Place one function in the API. `path` is below /api/v1; `tags` group it in the documentation.

    `role` is the least role that may call it. `public`: it needs no credentials, or checks them itself.
    `is_command`: it changes something, so it is written to the audit log first; `protective` commands only
    take risk away, and are carried out even where that fails. `moves_money`: see `queries/commands.py`.
    """

    method: Method
    path: str
    function: Callable[..., Any]
    tags: tuple[str, ...]
    role: Role
    public: bool = False
    is_command: bool = False
    protective: bool = False
    moves_money: bool = False
    answer: Any = None
    is_async: bool = False
    """Whether the function has to be awaited; read from it."""
    may_be_long: bool = True
    """Whether an answer may have many rows; read from its type."""

    def __post_init__(self) -> None:
        msgspec.structs.force_setattr(self, "is_async", inspect.iscoroutinefunction(self.function))
        msgspec.structs.force_setattr(self, "may_be_long", may_be_long(self.gives()))

    def takes(self, name: str) -> Any:
        """Return the type of the parameter of that name, None if the function has none."""
        parameter = inspect.signature(self.function).parameters.get(name)
        return parameter.annotation if parameter else None

    def gives(self) -> Any:
        """Return the type of the answer."""
        return self.answer or inspect.signature(self.function).return_annotation
