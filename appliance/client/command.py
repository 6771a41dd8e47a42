"""Define commands: the source of methods, help, conversion and documentation."""

import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from appliance.client.exchange import Request

REQUIRED = inspect.Parameter.empty
KINDS = {"text": str, "integer": int, "number": float, "flag": bool, "list": list[str], "trade": int | str}


@dataclass(frozen=True)
class Parameter:
    """A parameter; `kind` is a key of KINDS.

    `wire` is its name in query or body, if different. A parameter with default None is omitted if it is None,
    0 or empty; with `zero`, 0 is sent. The command line refuses a number below `least`.
    """

    name: str
    help: str
    kind: str = "text"
    default: Any = REQUIRED
    wire: str = ""
    choices: tuple[str, ...] = ()
    keyword_only: bool = False
    many: bool = False
    zero: bool = False
    least: int | None = None

    @property
    def is_required(self) -> bool:
        return self.default is REQUIRED and not self.many

    def to_python(self) -> inspect.Parameter:
        if self.many:
            return inspect.Parameter(self.name, inspect.Parameter.VAR_POSITIONAL, annotation=str)
        anywhere, by_name = inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY
        kind = KINDS[self.kind]
        return inspect.Parameter(
            self.name,
            by_name if self.keyword_only else anywhere,
            default=self.default,
            annotation=kind | None if self.default is None else kind,
        )

    def is_given(self, value: object) -> bool:
        if self.default is not None or isinstance(value, list):
            return value is not None and value != ()
        return bool(value) or (self.zero and value is not None)


@dataclass(frozen=True)
class Command:
    """A command; `{name}` in `path` is replaced by a parameter, the others are sent in query or body.

    `body_with` names a parameter that turns the request into a POST. `as_list` wraps the body in a list.
    `also` is an alternative spelling on the command line.
    """

    name: str
    method: str
    path: str
    help: str
    parameters: tuple[Parameter, ...] = ()
    body_with: str = ""
    as_list: bool = False
    public: bool = False
    also: str = ""

    @property
    def summary(self) -> str:
        """The first sentence of the help text."""
        return self.help.partition("\n")[0]

    @property
    def signature(self) -> inspect.Signature:
        return inspect.Signature([parameter.to_python() for parameter in self.parameters])

    @property
    def usage(self) -> str:
        """Its form on the command line."""
        return " ".join([self.name, *map(_placeholder, self.parameters)])

    @property
    def doc(self) -> str:
        """The method's documentation."""
        lines = [f"{parameter.name}: {parameter.help}" for parameter in self.parameters]
        return self.help + ("\n\n" + "\n".join(lines) if lines else "")

    def request(self, arguments: Sequence[object], keywords: Mapping[str, object]) -> Request:
        """Return the request. Raises TypeError like a call with wrong arguments."""
        try:
            bound = self.signature.bind(*arguments, **keywords)
        except TypeError as error:
            raise TypeError(f"{self.name}: {error}") from None
        bound.apply_defaults()
        given = {p: value for p in self.parameters if p.is_given(value := bound.arguments[p.name])}
        in_path = {name: quote(str(value), safe="") for name, value in bound.arguments.items()}
        rest = {p.wire or p.name: value for p, value in given.items() if not self._is_in_path(p)}
        path = self.path.format_map(in_path)
        method = "POST" if self.body_with in {p.name for p in given} else self.method
        if method != "POST":
            return Request(method, path, _query(rest), public=self.public)
        return Request(method, path, body=[rest] if self.as_list else rest)

    def _is_in_path(self, parameter: Parameter) -> bool:
        return f"{{{parameter.name}}}" in self.path


def _query(values: dict[str, object]) -> tuple[tuple[str, str], ...]:
    several = {name: value if isinstance(value, list | tuple) else (value,) for name, value in values.items()}
    return tuple((name, _plain(item)) for name, items in several.items() for item in items)


def _plain(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _placeholder(parameter: Parameter) -> str:
    if parameter.many:
        return f"[{parameter.name}…]"
    text = f"{parameter.name}=…" if parameter.keyword_only else parameter.name
    return text if parameter.is_required else f"[{text}]"
