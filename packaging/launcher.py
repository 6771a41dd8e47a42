"""Start appliance from its single file: unpack it once per build and user, then run it.

It is at the root of the .pyz, beside `build_facts` (written by packaging/pyz.py). A warm start only finds the
folder, so this module imports at its top only what the bot itself imports anyway.
"""

from __future__ import annotations

import os
import stat
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, NoReturn

import build_facts

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


def start() -> NoReturn:
    """Run the command line from the unpacked folder; on failure print one line, with exit status 2."""
    check_python()
    folder = unpacked()
    archive = os.path.abspath(sys.argv[0])
    sys.path = [p for p in sys.path if os.path.abspath(p) != archive]
    sys.path.insert(own_place(sys.path), folder)
    sys.dont_write_bytecode = False  # the folder is ours: bytecode can be stored
    from appliance.cli.main import main

    sys.exit(main())


def check_python() -> None:
    """Run the Python that this file was built for, if `python3` is another one."""
    if sys.version_info[:2] == build_facts.PYTHON and os.uname().machine == build_facts.MACHINE:
        return
    wanted = f"python{build_facts.PYTHON[0]}.{build_facts.PYTHON[1]}"
    if os.uname().machine == build_facts.MACHINE:
        with suppress(OSError):
            os.execvp(wanted, [wanted, *sys.argv])
    found = f"{sys.version_info[0]}.{sys.version_info[1]} on {os.uname().machine}"
    raise refusal(f"this file needs {wanted} on {build_facts.MACHINE}, found {found}")


def own_place(path: list[str]) -> int:
    """Return the index for our folder: after the standard library, before other packages."""
    for index, part in enumerate(path):
        if part.endswith(("site-packages", "dist-packages")):
            return index
    return len(path)


def unpacked() -> str:
    """Return the folder with the modules of this build; unpack it into the first usable root."""
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
    """Yield the roots to try, best first: systemd's for this service, the cache of the user, the system's."""
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
    """Ensure that the root is private and that code may be loaded from it. Raises OSError."""
    above = os.path.dirname(root)
    if not os.path.lexists(root):
        os.makedirs(above, mode=0o700, exist_ok=True)
    refuse_shared(above)
    with suppress(FileExistsError):  # created by another start, perhaps of another user: checked below
        os.mkdir(root, 0o700)
    found = os.lstat(root)
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise OSError("belongs to another user")
    if found.st_mode & 0o022:
        # Its content may be from another user.
        set_aside(root)
        os.mkdir(root, 0o700)
    elif found.st_mode & 0o077:
        os.chmod(root, 0o700)
    if os.statvfs(root).f_flag & os.ST_NOEXEC:
        raise OSError("is mounted noexec")


def refuse_shared(folder: str) -> None:
    """Check all parent folders, with links as written and resolved. Raises OSError.

    A user who can change one of them could replace our folder.
    """
    for path in {os.path.abspath(folder), os.path.realpath(folder)}:
        while True:
            found = os.lstat(path)
            if found.st_uid not in (0, os.geteuid()):
                raise OSError("is in a folder of another user")
            if not stat.S_ISLNK(found.st_mode) and not found.st_mode & stat.S_ISVTX:
                # A group with the number of its user is private to that user; group 0 is that of root.
                for_group = found.st_mode & 0o020 and found.st_gid not in (0, found.st_uid)
                if found.st_mode & 0o002 or for_group:
                    raise OSError("is in a folder that other users can change")
            if path == os.path.dirname(path):
                break
            path = os.path.dirname(path)


def set_aside(path: str) -> None:
    """Clear this path: rename what is there, then remove it if possible."""
    import shutil

    aside = f"{path}.distrusted-{os.getpid()}"
    os.rename(path, aside)
    if os.path.islink(aside) or not os.path.isdir(aside):
        os.unlink(aside)
    else:
        shutil.rmtree(aside, ignore_errors=True)


def is_ready(folder: str) -> bool:
    """Return whether to run from this folder; if so, hold it."""
    try:
        hold(folder)
    except OSError:  # missing, or not a folder
        return False
    return is_whole(folder)


def is_whole(folder: str) -> bool:
    """Return whether all files exist and are ours: caches are sometimes cleaned partly."""
    count, left, own = 0, [folder], os.geteuid()
    try:
        if os.lstat(folder).st_uid != own:
            return False
        while left:
            place = left.pop()
            compiled = place.endswith("__pycache__")  # written by Python, with any umask
            with os.scandir(place) as entries:
                for entry in entries:
                    found = entry.stat(follow_symlinks=False)
                    kind = stat.S_IFMT(found.st_mode)
                    if found.st_uid != own or kind not in (stat.S_IFREG, stat.S_IFDIR):
                        return False
                    if kind == stat.S_IFDIR:
                        left.append(entry.path)
                    elif not compiled:
                        count += 1
                        if found.st_mode & 0o022:
                            return False
    except OSError:
        return False
    return count == int(build_facts.FILES)


def hold(folder: str) -> None:
    """Lock the folder (shared) while this process runs, so that no other start removes it."""
    import fcntl

    fcntl.flock(os.open(folder, FOLDER), fcntl.LOCK_SH)


def unpack(root: str, folder: str) -> None:
    """Unpack into the folder atomically; one process at a time, the others wait."""
    import fcntl
    import shutil
    import zipfile

    lock = os.open(os.path.join(root, "lock"), os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if is_ready(folder):
            return
        print("appliance: first start of this version, unpacking into " + root, file=sys.stderr, flush=True)
        remove_unused(root)
        scratch = os.path.join(root, "unfinished")
        if os.path.lexists(scratch):
            set_aside(scratch)
        umask = os.umask(0o077)
        try:
            with zipfile.ZipFile(sys.argv[0]) as archive:
                wanted = [n for n in archive.namelist() if n.startswith("site-packages/")]
                archive.extractall(scratch, wanted)
            if os.path.lexists(folder):
                set_aside(folder)
            os.rename(scratch, folder)
            hold(folder)
        except BaseException:
            shutil.rmtree(scratch, ignore_errors=True)
            raise
        finally:
            os.umask(umask)
    finally:
        os.close(lock)


def remove_unused(root: str) -> None:
    """Delete unused builds, and the remains of a killed start."""
    import fcntl
    import shutil

    for name in os.listdir(root):
        path = os.path.join(root, name)
        if name == build_facts.BUILD or not os.path.isdir(path):
            continue
        try:
            handle = os.open(path, FOLDER)
        except OSError:
            continue  # a link, or of another user: harmless here
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(path, ignore_errors=True)
        except BlockingIOError:
            pass  # a bot runs from it
        finally:
            os.close(handle)


def refusal(message: str) -> SystemExit:
    """Print in one line why the program cannot start; return the exception to raise."""
    print("appliance: " + message, file=sys.stderr)
    return SystemExit(2)
