"""Have schemathesis try everything that the API's description allows, and what it forbids, as one role."""

import asyncio
import json
import os
import sys
from pathlib import Path

from tests.fuzzing.bots import Program, login_of, secrets_of

ROOT = Path(__file__).parents[2]


async def fuzzed(program: Program, role: str, *arguments: str) -> tuple[int, str]:
    """Run schemathesis as `role` against a bot that runs; return its exit status and what it said."""
    login = await login_of(program, role)
    settings = Path(__file__).with_name("schemathesis.toml").read_text()
    if login.role is None:
        before, _, rest = settings.partition("# Logins.")
        settings = before + rest.partition("# What is sent.")[2]
    file = program.folder / "schemathesis.toml"
    file.write_text(settings)
    process = await asyncio.create_subprocess_exec(
        str(Path(sys.executable).parent / "schemathesis"),
        "--config-file",
        str(file),
        "run",
        f"{program.url}/openapi.json",
        "--checks=all",
        *arguments,
        cwd=program.folder,
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "NO_COLOR": "1",
            "FUZZ_ROLE": role,
            "FUZZ_SECRETS": json.dumps(secrets_of(program.config)),
            "FUZZ_TOKEN": login.token,
            "FUZZ_REFRESH_TOKEN": login.refresh,
        },
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    told, _ = await process.communicate()
    return process.returncode or 0, told.decode()
