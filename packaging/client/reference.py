"""Generate files from the table of commands: `python packaging/client/reference.py`.

These are appliance/client/methods.pyi, which declares the methods for type checkers and editors, and the list
of commands in docs/client.md, between two marks. Run `ruff format` on the first afterwards.
"""

from pathlib import Path

from appliance.client.command import KINDS, Command, Parameter
from appliance.client.commands import COMMANDS, GROUPS, LISTEN

ROOT = Path(__file__).resolve().parents[2]
STUB = ROOT / "appliance" / "client" / "methods.pyi"
DOCUMENT = ROOT / "docs" / "client.md"
MARKS = ("<!-- commands: made by packaging/client/reference.py -->\n", "<!-- end of commands -->\n")


def stub() -> str:
    """Return the types of all methods."""
    lines = ["# Made from the table of commands by packaging/client/reference.py.", "from typing import Any"]
    call = "def _call(self, command: str, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> Any: ..."
    for name, prefix in (("Commands", ""), ("AsyncCommands", "async ")):
        lines += ["", f"class {name}:", f"    {prefix}{call}"]
        lines += [f"    {prefix}def {_signature(command)} -> Any: ..." for command in COMMANDS]
    return "\n".join(lines) + "\n"


def _signature(command: Command) -> str:
    parts = ["self"]
    for parameter in command.parameters:
        if parameter.keyword_only and "*" not in parts:
            parts.append("*")
        parts.append(_declared(parameter))
    return f"{command.name}({', '.join(parts)})"


def _declared(parameter: Parameter) -> str:
    if parameter.many:
        return f"*{parameter.name}: str"
    kind = KINDS[parameter.kind]
    text = f"{parameter.name}: {getattr(kind, '__name__', kind) if kind != list[str] else kind}"
    if parameter.is_required:
        return text
    return f"{text} | None = None" if parameter.default is None else f"{text} = {parameter.default!r}"


def markdown() -> str:
    """Return the list of commands for docs/client.md."""
    lines = []
    for heading, commands in GROUPS.items():
        lines += [f"### {heading}", "", "| command | what it does |", "| --- | --- |"]
        shown = (*commands, LISTEN) if heading == "The bot" else commands
        lines += [f"| {_written(command)} | {_explained(command)} |" for command in shown]
        lines.append("")
    return "\n".join(lines)


def _written(command: Command) -> str:
    return f"`{command.usage}`" + (f", `{command.also}`" if command.also else "")


def _explained(command: Command) -> str:
    parts = [" ".join(command.help.split())]
    parts += [f"`{parameter.name}`: {parameter.help}" for parameter in command.parameters]
    return "<br>".join(parts).replace("|", "\\|")


def document(text: str) -> str:
    """Return docs/client.md with the current list."""
    before, _, rest = text.partition(MARKS[0])
    return before + MARKS[0] + "\n" + markdown() + "\n" + MARKS[1] + rest.partition(MARKS[1])[2]


if __name__ == "__main__":
    STUB.write_text(stub())
    DOCUMENT.write_text(document(DOCUMENT.read_text()))
