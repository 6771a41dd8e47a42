"""`appliance audit`: read and verify the audit log."""

import json
import sys
from typing import TYPE_CHECKING, Any

import click

from appliance.cli.books.offline_database import look
from appliance.cli.client import show_answer
from appliance.cli.options import configuration_options
from appliance.cli.settings import configured
from appliance.domain.audit import (
    AnchorState,
    AuditLine,
    Evidence,
    Judgement,
    Verdict,
    head_of,
    judge,
    read_head,
)
from appliance.domain.errors import ConfigurationError
from appliance.domain.json_value import Json, JsonObject

if TYPE_CHECKING:
    from appliance.storage.audit_anchor import Anchor
    from appliance.storage.store import Store

_DB_URL = click.option(
    "--db-url",
    metavar="URL",
    help="Trades database, e.g. sqlite:///tradesv3.sqlite, instead of the configured.",
)

_STATUS = {Verdict.HOLDS: 0, Verdict.BROKEN: 1, Verdict.UNPROVEN: 3}


@click.group()
def audit() -> None:
    """Read and verify the audit log of a bot, whether it runs or not."""


@audit.command("list")
@click.option(
    "--limit", type=click.IntRange(1), default=50, show_default=True, help="Number of the newest lines."
)
@_DB_URL
@configuration_options
def list_lines(limit: int, config: tuple[str, ...], **options: Json) -> None:
    """List commands and changes of the configuration, newest first. JSON in a pipe."""

    async def ask(store: "Store") -> dict[str, Any]:
        lines, head = await store.audit.lines(limit), await store.audit.head()
        fault = await store.audit.fault()
        shown = [_line(line) for line in reversed(lines)]
        return {"lines": shown, "total": head.number, "head": str(head), "fault": fault}

    show_answer("audit", look(configured(config, options), ask))


@audit.command()
@click.option(
    "--expect", metavar="HEAD", help="A head that was saved elsewhere (NUMBER:HASH): it must be in the log."
)
@_DB_URL
@configuration_options
def verify(expect: str | None, config: tuple[str, ...], **options: Json) -> int:
    """Verify that no line of the log was changed or removed.

    Exit status 0 if it is intact, 1 if not, 2 if it cannot be read, 3 if that cannot be proven: the head
    saved beside the database is missing, or belongs to another database. Save the printed head elsewhere to
    verify it later with --expect.
    """
    expected = read_head(expect) if expect is not None else None
    if expect is not None and expected is None:
        raise ConfigurationError("--expect: expected NUMBER:HASH, as this command prints it")

    async def ask(store: "Store") -> tuple[list[AuditLine], "Anchor", Evidence]:
        anchor = await store.audit.anchor()
        evidence = await store.audit.evidence()  # before the lines: those added meanwhile come after it
        return await store.audit.lines(), anchor, evidence

    lines, anchor, evidence = look(configured(config, options), ask)
    if not lines and anchor.head is None:
        reason = "there are no lines, and no head is saved beside the database"
        evidence = Evidence(AnchorState.MISSING, reason)
    judgement = judge(lines, evidence, expected)
    _print_result(lines, anchor, judgement)
    return _STATUS[judgement.verdict]


def _print_result(lines: list[AuditLine], anchor: "Anchor", judgement: Judgement) -> None:
    head, verdict, words = head_of(lines), judgement.verdict, judgement.reason
    if not sys.stdout.isatty():
        result: JsonObject = {
            "holds": verdict.holds,
            "verdict": verdict.value,
            "fault": words,
            "lines": len(lines),
            "head": str(head),
            "kept_head": str(anchor.head) if anchor.head else None,
            "notes": list(anchor.notes),
        }
        click.echo(json.dumps(result))
        return
    if verdict is Verdict.HOLDS:
        click.echo(f"The audit log is intact: {len(lines)} lines.")
    elif verdict is Verdict.BROKEN:
        click.echo(f"Audit log verification failed: {words}.")
    else:
        click.echo(f"The audit log cannot be verified: {words}.")
    for note in anchor.notes:
        click.echo(f"Note: {note}")
    click.echo(f"Head: {head}")


def _line(line: AuditLine) -> dict[str, Any]:
    record = line.record
    return {
        "number": line.number,
        "at": record.at.isoformat().replace("+00:00", "Z"),
        "who": record.who,
        "origin": record.origin,
        "what": record.what,
        "before": record.before,
        "after": record.after,
        "chained": line.chained,
    }
