"""Find a freqtrade that has the database open: it ignores our locks, and both would trade the same money."""

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

_PROCESSES = Path("/proc")
_NAME = "freqtrade"


def freqtrade_with(database: Path) -> int | None:
    """Return the id of a freqtrade process that has `database` open, or None (blocks).

    Linux shows the processes of the same user (to root those of all), not those in other containers.
    """
    try:
        file = database.stat()
    except OSError:
        return None
    for process in _freqtrades():
        with suppress(OSError):
            for descriptor in os.scandir(process / "fd"):
                with suppress(OSError):
                    if os.path.samestat(descriptor.stat(), file):
                        return int(process.name)
    return None


def _freqtrades() -> Iterator[Path]:
    with suppress(OSError):
        for process in _PROCESSES.iterdir():
            if not process.name.isdigit():
                continue
            with suppress(OSError):
                words = (process / "cmdline").read_bytes().decode(errors="replace").split("\0")
                if int(process.name) != os.getpid() and _is_freqtrade(words):
                    yield process


def _is_freqtrade(words: Sequence[str]) -> bool:
    """Return whether a command line starts freqtrade; a folder of that name in its options does not count."""
    program, *arguments = words
    if Path(program).name.startswith("python"):
        while arguments and arguments[0].startswith("-") and arguments[0] != "-m":
            arguments.pop(0)
        if arguments and arguments[0] == "-m":
            arguments.pop(0)
        program = arguments[0] if arguments else ""
    return Path(program).name == _NAME
