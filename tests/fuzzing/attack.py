"""Send request after request at a bot as one role, and note whatever must not be."""

import asyncio
import json
import re
import sys
import time
from collections import Counter, deque
from contextlib import suppress
from random import Random
from typing import Any

from msgspec import Struct

from tests.fuzzing import dashboard, rest, websocket
from tests.fuzzing.bots import Login, Program, login_of, secrets_of, stir
from tests.fuzzing.judging import Judge
from tests.fuzzing.probes import Probe, send, spoil

AT_ONCE = 6
READ_IN_ANY_CASE = 64 * 1024
"""Bytes of a body after which the bot may hang up on it, which can lose its answer on the way."""
STIR_EACH = 100
"""Requests after which the bot is made to trade again."""
_LINE = re.compile(r"^(?=\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} - )", re.MULTILINE)
_MISTAKE = re.compile(r"^\S+ \S+ - \S+ - (ERROR|CRITICAL) - |^Traceback \(most", re.MULTILINE)


class Finding(Struct, frozen=True):
    """One thing that must not be; `again` makes it happen by hand."""

    what: str
    again: str

    def __str__(self) -> str:
        return f"{self.what}\n    {self.again}".encode(errors="backslashreplace").decode()


class Attack:
    """Attack `program` as `login`. Each request follows from seed, role and number."""

    def __init__(self, program: Program, login: Login, visit: dashboard.Visit, seed: int) -> None:
        self.program = program
        self.findings: list[Finding] = []
        self.statuses: Counter[str] = Counter()
        self._login, self._visit, self._seed = login, visit, seed
        self._judge = Judge(secrets_of(program.config))
        self._recent: deque[str] = deque(maxlen=AT_ONCE * 2)
        self._read = len(program.output_after(0))
        self._seen: Counter[str] = Counter()
        self.pings: dict[str, float] = {}

    async def run(self, *, first: int = 0, count: int | None = None, seconds: float | None = None) -> None:
        """Send requests number `first` and on, for as many or as long as told."""
        numbers = iter(range(first, first + count)) if count else iter(range(first, sys.maxsize))
        until = time.monotonic() + seconds if seconds else float("inf")

        async def work() -> None:
            for number in numbers:
                if time.monotonic() > until or not self.program.runs:
                    return
                if number % STIR_EACH == 0:
                    await stir(self.program)
                await self._one(number)

        await asyncio.gather(*(work() for _ in range(AT_ONCE)))
        self._look_at_log()
        if not self.program.runs:
            self._note("the bot has ended", self._around())

    async def _one(self, number: int) -> None:
        random = Random(f"{self._seed}/{self._login.name}/{number}")
        kind = random.random()
        if kind < 0.12:
            await self._converse(number, websocket.make(random, self._login))
            return
        if kind < 0.45:
            probe = dashboard.make(random, self._login, self._visit)
        else:
            probe = rest.make(random, self._login)
        await self._send(number, spoil(random, probe) if kind > 0.92 else probe)

    async def _send(self, number: int, probe: Probe) -> None:
        again = f"[{number}] {probe.by_hand(self.program.url)}"
        self._recent.append(again)
        try:
            answer = await send(probe, self.program.port)
        except TimeoutError:
            self._note("no answer", again)
            return
        except OSError as error:
            self._note(f"no connection: {error}", again)
            await asyncio.sleep(0.1)
            return
        except Exception as error:
            self._note(f"an answer that is no HTTP: {error!r}", again)
            return
        self.statuses[str(answer.status) if answer else "closed"] += 1
        if answer:
            for fault in self._judge.faults(probe.role, probe.method, probe.template, answer, probe.sent):
                self._note(f"{probe.method} {probe.template}: {fault}", again)
        elif probe.spoilt is None and len(probe.body) <= READ_IN_ANY_CASE:
            self._note(f"{probe.method} {probe.template}: the connection was closed without an answer", again)
        self._look_at_log()

    async def _converse(self, number: int, conversation: websocket.Conversation) -> None:
        again = f"[{number}] {conversation.told()}"
        self._recent.append(again)
        for fault in await websocket.converse(conversation, self.program.port):
            self._note(f"websocket: {fault}", again)
        self.statuses["websocket"] += 1
        self._look_at_log()

    def _look_at_log(self) -> None:
        """Note errors that the bot has written since the last look, and secrets in what it wrote."""
        new = self.program.output_after(self._read)
        self._read += len(new)
        for line in _LINE.split(new.decode(errors="replace")):
            if _MISTAKE.search(line):
                shown = line if len(line) < 3000 else f"{line[:700]} ... {line[-2000:]}"
                self._note(f"in the log: {shown}", self._around(), kind=line[30:90] + line[-200:])
        for line in new.splitlines():
            for name in self._judge.leaks(line):
                self._note(f"the log tells {name}: {line[:500]!r}", self._around())

    def _around(self) -> str:
        """Return what was sent last: which of it was to blame, its log or another try by number must tell."""
        return "\n    ".join(again[:400] for again in self._recent)

    def _note(self, what: str, again: str, kind: str | None = None) -> None:
        """Keep a finding, twice of each kind."""
        kind = re.sub(r"\d+", "0", kind or what[:120])
        self._seen[kind] += 1
        if self._seen[kind] <= 2 and len(self.findings) < 60:
            self.findings.append(Finding(what, again))

    def told(self) -> str:
        counts = ", ".join(f"{status}: {count}" for status, count in sorted(self.statuses.items()))
        number, found = sum(self.statuses.values()), len(self.findings)
        return f"{self._login.name}: {number} requests ({counts}), {found} findings"


async def attack(program: Program, name: str, seed: int, **how: Any) -> Attack:
    """Attack a bot that runs, pinging it meanwhile; return what came of it."""
    login = await login_of(program, name)
    attack = Attack(program, login, await dashboard.visit_as(program, login), seed)
    pinger = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.fuzzing.pinger", str(program.port), str(program.pid),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert pinger.stdin and pinger.stdout
    slow: list[float] = []

    async def listen(lines: asyncio.StreamReader) -> dict[str, float]:
        async for line in lines:
            told = json.loads(line)
            if "slow" not in told:
                return told
            slow.append(told["slow"])
            attack._note(f"a ping took {told['slow'] * 1000:.0f} ms", attack._around())
        return {}

    listening = asyncio.create_task(listen(pinger.stdout))
    try:
        await attack.run(**how)
    finally:
        with suppress(ConnectionError):
            pinger.stdin.close()
        attack.pings = await listening
        await pinger.wait()
    attack.pings["slow"] = len(slow)
    return attack
