"""Start appliance from its single file: unpack it once per build and user, then run it.

Lives at the root of the .pyz, beside `build_facts` (written by packaging/pyz.py). A warm start does
nothing but find the folder, so only what the bot itself is about to load is imported up here.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from contextlib import suppress
from typing import NoReturn

import build_facts


def start() -> NoReturn:
    """Run the command line from the unpacked folder; exit status 2 with one line where that cannot be."""
    check_python()
    folder = unpacked()
    archive = os.path.abspath(sys.argv[0])
    sys.path = [p for p in sys.path if os.path.abspath(p) != archive]
    sys.path.insert(own_place(sys.path), folder)
    sys.dont_write_bytecode = False  # the folder is ours: what was compiled once stays compiled
    from appliance.cli.main import main

    sys.exit(main())


def check_python() -> None:
    """Hand over to the Python this file was built for, where `python3` is another one."""
    if sys.version_info[:2] == build_facts.PYTHON and os.uname().machine == build_facts.MACHINE:
        return
    wanted = f"python{build_facts.PYTHON[0]}.{build_facts.PYTHON[1]}"
    if os.uname().machine == build_facts.MACHINE:
        with suppress(OSError):
            os.execvp(wanted, [wanted, *sys.argv])
    found = f"{sys.version_info[0]}.{sys.version_info[1]} on {os.uname().machine}"
    raise refusal(f"this file needs {wanted} on {build_facts.MACHINE}, found {found}")


def own_place(path: list[str]) -> int:
    """Index for our folder: after the standard library, before what else is installed."""
    for index, part in enumerate(path):
        if part.endswith(("site-packages", "dist-packages")):
            return index
    return len(path)


def unpacked() -> str:
    """Return the folder with this build's modules, unpacking it into the first root that serves."""
    refused = []
    for root in roots():
        try:
            claim(root)
            folder = os.path.join(root, build_facts.BUILD)
            if not is_ready(folder):
                unpack(root, folder)
            return os.path.join(folder, "site-packages")
        except OSError as error:
            refused.append(f"{root} ({error.strerror or error})")
    raise refusal(f"no folder to unpack into: {'; '.join(refused)}. Set XDG_CACHE_HOME to one you can write")


def roots() -> Iterator[str]:
    """Name the roots to try, best first: systemd's for this service, the user's cache, the system's."""
    given = os.environ.get("CACHE_DIRECTORY", "").split(":")[0]
    if os.path.isabs(given):
        yield os.path.join(given, "unpacked")
    given = os.environ.get("XDG_CACHE_HOME", "")
    if os.path.isabs(given):
        yield os.path.join(given, "appliance")
    home = os.path.expanduser("~")
    if os.path.isdir(home):
        yield os.path.join(home, ".cache", "appliance")
    for shared in ("/var/tmp", "/tmp"):
        yield os.path.join(shared, f"appliance-{os.geteuid()}")


def claim(root: str) -> None:
    """Make sure that the root is ours alone and that code may be loaded from it. Raises OSError."""
    above = os.path.dirname(root)
    if not os.path.lexists(root):
        os.makedirs(above, exist_ok=True)
        with suppress(FileExistsError):  # another start was quicker, ours or somebody's: looked at below
            os.mkdir(root, 0o700)
    found, parent = os.lstat(root), os.stat(above)
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise OSError("belongs to somebody else")
    if parent.st_uid not in (0, os.geteuid()):
        raise OSError("lies in somebody else's folder")
    if parent.st_mode & 0o002 and not parent.st_mode & stat.S_ISVTX:
        raise OSError("lies in a folder that everybody may change")
    if found.st_mode & 0o077:
        os.chmod(root, 0o700)
    if os.statvfs(root).f_flag & os.ST_NOEXEC:
        raise OSError("is mounted noexec")


def is_ready(folder: str) -> bool:
    """Tell whether to run from this folder; if so it is ours to hold."""
    try:
        hold(folder)
    except FileNotFoundError:
        return False
    return is_whole(folder)


def is_whole(folder: str) -> bool:
    """Tell whether every file is there: caches get cleaned, and not always wholly."""
    count, left = 0, [os.path.join(folder, "site-packages")]
    try:
        while left:
            with os.scandir(left.pop()) as entries:
                for entry in entries:
                    if not entry.is_dir(follow_symlinks=False):
                        count += 1
                    elif entry.name != "__pycache__":
                        left.append(entry.path)
    except OSError:
        return False
    return count == int(build_facts.FILES)


def hold(folder: str) -> None:
    """Lock the folder (shared) while this process lives, so that nobody cleans it away meanwhile."""
    import fcntl

    fcntl.flock(os.open(folder, os.O_RDONLY | os.O_DIRECTORY), fcntl.LOCK_SH)


def unpack(root: str, folder: str) -> None:
    """Fill the folder, all or nothing; one process at a time, the others wait for it."""
    import fcntl
    import shutil
    import zipfile

    with open(os.path.join(root, "lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if is_ready(folder):
            return
        print("appliance: first start of this version, unpacking into " + root, file=sys.stderr, flush=True)
        remove_unused(root)
        scratch = os.path.join(root, "unfinished")
        try:
            with zipfile.ZipFile(sys.argv[0]) as archive:
                wanted = [n for n in archive.namelist() if n.startswith("site-packages/")]
                archive.extractall(scratch, wanted)
            shutil.rmtree(folder, ignore_errors=True)
            os.rename(scratch, folder)
            hold(folder)
        except BaseException:
            shutil.rmtree(scratch, ignore_errors=True)
            raise


def remove_unused(root: str) -> None:
    """Delete other builds that no process runs from, and what a killed start left behind."""
    import fcntl
    import shutil

    for name in os.listdir(root):
        path = os.path.join(root, name)
        if name == build_facts.BUILD or not os.path.isdir(path):
            continue
        handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(path, ignore_errors=True)
        except BlockingIOError:
            pass  # a bot runs from it
        finally:
            os.close(handle)


def refusal(message: str) -> SystemExit:
    """Tell in one line why nothing can start; to be raised."""
    print("appliance: " + message, file=sys.stderr)
    return SystemExit(2)
