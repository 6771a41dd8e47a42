"""`appliance audit`: read the audit log, and find out whether it is what was written."""

import json
import sys
from typing import TYPE_CHECKING, Any

import click

from appliance.cli.client import show_answer
from appliance.cli.offline_database import look
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

if TYPE_CHECKING:
    from appliance.storage.audit_anchor import Anchor
    from appliance.storage.store import Store

_DB_URL = click.option(
    "--db-url", metavar="URL", help="Trades database, e.g. sqlite:///tradesv3.sqlite, if not the configured."
)

_STATUS = {Verdict.HOLDS: 0, Verdict.BROKEN: 1, Verdict.UNPROVEN: 3}


@click.group()
def audit() -> None:
    """Read the audit log of a bot that runs or not, and verify it."""


@audit.command("list")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="The newest so many.")
@_DB_URL
@configuration_options
def list_lines(limit: int, config: tuple[str, ...], **options: Any) -> None:
    """List who commanded what, and what changed in the configuration, newest first; JSON into a pipe."""

    async def ask(store: "Store") -> dict[str, Any]:
        lines, head, wrong = (
            await store.audit.lines(limit),
            await store.audit.head(),
            await store.audit.fault(),
        )
        shown = [_line(line) for line in reversed(lines)]
        return {"lines": shown, "total": head.number, "head": str(head), "fault": wrong}

    show_answer("audit", look(configured(config, options), ask))


@audit.command()
@click.option(
    "--expect", metavar="HEAD", help="A head that was kept elsewhere (NUMBER:HASH): it must be in the log."
)
@_DB_URL
@configuration_options
def verify(expect: str | None, config: tuple[str, ...], **options: Any) -> int:
    """Tell whether the log is what was written.

    Exit status 0 if it is, 1 if not, 2 if it cannot be read, 3 if it cannot be told: the head that is kept
    beside the database is missing, or it is of another database. The head that it prints may be kept
    elsewhere, for --expect.
    """
    expected = read_head(expect) if expect is not None else None
    if expect is not None and expected is None:
        raise ConfigurationError("--expect: expected NUMBER:HASH, as this command prints it")

    async def ask(store: "Store") -> tuple[list[AuditLine], "Anchor", Evidence]:
        kept = await store.audit.anchor()
        evidence = await store.audit.evidence()  # first: lines that are added meanwhile come after it
        return await store.audit.lines(), kept, evidence

    lines, kept, evidence = look(configured(config, options), ask)
    if not lines and kept.head is None:
        evidence = Evidence(
            AnchorState.MISSING, "there are no lines, and no head is kept beside the database"
        )
    judgement = judge(lines, evidence, expected)
    _tell(lines, kept, judgement)
    return _STATUS[judgement.verdict]


def _tell(lines: list[AuditLine], kept: "Anchor", judgement: Judgement) -> None:
    head, verdict, words = head_of(lines), judgement.verdict, judgement.reason
    if not sys.stdout.isatty():
        told = {"holds": verdict.holds, "verdict": verdict.value, "fault": words, "lines": len(lines)}
        kept_head = str(kept.head) if kept.head else None
        click.echo(json.dumps({**told, "head": str(head), "kept_head": kept_head, "notes": kept.notes}))
        return
    if verdict is Verdict.HOLDS:
        click.echo(f"The audit log holds: {len(lines)} lines, each as it was written.")
    elif verdict is Verdict.BROKEN:
        click.echo(f"The audit log is not what was written: {words}.")
    else:
        click.echo(f"Whether the audit log is what was written cannot be told: {words}.")
    for note in kept.notes:
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
