"""`appliance client`: control a running bot over its API, and print its messages."""

import asyncio
import json
import os
import shutil
import sys
from typing import NoReturn

import click

from appliance.cli.client_login import Target, completed, target
from appliance.cli.main import main
from appliance.cli.options import VERSION_OPTION
from appliance.client import RestClient
from appliance.client.arguments import Argument, find, parse
from appliance.client.command import Command
from appliance.client.commands import GROUPS, LISTEN, MESSAGE_TYPES
from appliance.client.errors import ClientError, WrongUsage
from appliance.client.message_line import line
from appliance.client.no_effect import ENDS_LOCKS, no_effect
from appliance.client.views import blocks


class _ClientCommand(click.Command):
    """List the commands of the bot below the options."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        for heading, commands in GROUPS.items():
            with formatter.section(heading):
                formatter.write_dl(
                    [(command.name, command.summary) for command in _listed(heading, commands)]
                )


@click.command(
    cls=_ClientCommand, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110}
)
@click.argument("words", nargs=-1, metavar="COMMAND [ARGUMENTS] [KEY=VALUE]...")
@click.option(
    "-c",
    "--config",
    multiple=True,
    metavar="PATH",
    help="Configuration file with the section api_server; may be given several times. "
    "Default: user_data/config.json, or config.json.",
)
@click.option("--serverurl", "--server-url", metavar="URL", help="Address, e.g. https://bot.example.org.")
@click.option("--cafile", metavar="PATH", help="Certificate to trust (PEM), if the system does not.")
@click.option("--username", metavar="NAME", help="User name; the password is prompted for.")
@click.option(
    "--timeout", type=click.FloatRange(min=0, min_open=True), default=10, metavar="SECONDS", show_default=True
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON on a terminal, too, as in a pipe.")
@click.option("--show", is_flag=True, help="Show all commands with their arguments, like `help`.")
@VERSION_OPTION
def client(  # noqa: PLR0913 -- the options of the command
    words: tuple[str, ...],
    config: tuple[str, ...],
    serverurl: str | None,
    cafile: str | None,
    username: str | None,
    timeout: float,
    as_json: bool,
    show: bool,
) -> None:
    """Control a running bot, on this machine or another one, over its API.

    `help COMMAND` shows the arguments of a command. They are given by position or by name (limit=5).

    Address and login come from the options, else from APPLIANCE__API_SERVER__USERNAME, __PASSWORD,
    __LISTEN_IP_ADDRESS and __LISTEN_PORT in the environment, else from the configuration.
    APPLIANCE_API_TOKEN is an API token, used instead of a login.
    """
    if show or words[:1] in (("help",), ("show",)):
        click.echo(_manual(words[1:]).rstrip())
        return
    if words == ("list",):
        click.echo(_overview())
        return
    if not words:
        raise click.UsageError("Which command? `list` shows all.")
    command, rest = find(words)
    positional, named = parse(command, rest)
    bot = target(config, serverurl, username, cafile)
    plain = as_json or not sys.stdout.isatty()
    if command is LISTEN:
        _listen(bot, timeout, rest, plain=plain)
    else:
        # Public commands need no login.
        bot = bot if command.public else completed(bot)
        show_answer(command.name, _ask(bot, timeout, command, positional, named), plain=plain)


def client_alone() -> NoReturn:
    """Run as a separate program: `appliance-client`."""
    main(command=client, name="appliance-client")


def _ask(
    bot: Target, timeout: float, command: Command, positional: list[Argument], named: dict[str, Argument]
) -> object:
    """Return the bot's answer; warn if the command had no effect."""
    login = (bot.username, bot.password) if bot.is_complete else (None, None)
    with RestClient(bot.url, *login, token=bot.token, timeout=timeout, raises=True, trust=bot.trust) as api:
        locks = api.locks() if command.name in ENDS_LOCKS else None
        answer: object = getattr(api, command.name)(*positional, **named)
    if warning := no_effect(command.name, named, locks, answer):
        click.echo(f"Warning: {warning}", err=True)
    return answer


def show_answer(command: str, body: object, *, plain: bool = False) -> None:
    """Print an answer: a table on a terminal, JSON in a pipe or if `plain`."""
    if plain or not sys.stdout.isatty():
        click.echo(json.dumps(body, indent=2 if sys.stdout.isatty() else None))
        return
    width = shutil.get_terminal_size().columns
    shown = [block.lines(width) for block in blocks(command, body)]
    _print("\n\n".join("\n".join(lines) for lines in shown if lines))


def _print(text: str) -> None:
    has_colours = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    click.echo(text, color=has_colours and None)


def _listen(bot: Target, timeout: float, types: list[str], *, plain: bool) -> None:
    unknown = [name for name in types if name not in MESSAGE_TYPES]
    if unknown:
        raise WrongUsage(f"Unknown message type: {', '.join(unknown)}; expected {', '.join(MESSAGE_TYPES)}")
    bot = bot if bot.ws_token or bot.token else completed(bot)
    asyncio.run(_print_messages(bot, timeout, types, plain=plain))


async def _print_messages(bot: Target, seconds: float, types: list[str], *, plain: bool) -> None:
    try:
        from appliance.client import AsyncRestClient  # late: it loads aiohttp, which may be missing
    except ImportError as error:
        raise ClientError(str(error).replace("AsyncRestClient", "`ws`")) from None
    async with AsyncRestClient(
        bot.url,
        bot.username,
        bot.password,
        token=bot.token,
        ws_token=bot.ws_token,
        timeout=seconds,
        trust=bot.trust,
    ) as listener:
        async for message in listener.messages(*types):
            if plain:
                print(json.dumps(message), flush=True)
            else:
                _print(line(message))


def _manual(words: tuple[str, ...]) -> str:
    """Return the manual of one command, or of all."""
    if words:
        return _page(find(words)[0])
    parts = []
    for heading, commands in GROUPS.items():
        parts += [
            click.style(heading, bold=True),
            *(_page(command) for command in _listed(heading, commands)),
        ]
    return "\n".join(parts)


def _overview() -> str:
    """Return one line for each command."""
    shown = [command for heading, commands in GROUPS.items() for command in _listed(heading, commands)]
    return "\n".join(f"{command.name:30}{command.summary}" for command in shown)


def _page(command: Command) -> str:
    text = [command.usage + (f"  (or {command.also})" if command.also else "")]
    text += [f"    {line}" for line in command.help.splitlines() if line]
    text += [f"    {parameter.name}: {parameter.help}" for parameter in command.parameters]
    return "\n".join(text) + "\n"


def _listed(heading: str, commands: tuple[Command, ...]) -> tuple[Command, ...]:
    return (*commands, LISTEN) if heading == next(iter(GROUPS)) else commands
