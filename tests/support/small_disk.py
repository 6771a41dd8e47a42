"""A disk of two megabytes, mounted for a test: it can be filled up, and made read-only."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest


@pytest.fixture
async def small_disk(tmp_path) -> AsyncIterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    if os.geteuid() or not shutil.which("mount"):
        pytest.skip("only root can mount a small disk")
    if await ran("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", folder):
        pytest.skip("this machine lets nobody mount a small disk")
    try:
        yield folder
    finally:
        await ran("umount", "-l", folder)


async def ran(*command: str | Path) -> int:
    """Run a command and return its status."""
    process = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.DEVNULL)
    return await process.wait()
