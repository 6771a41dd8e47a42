"""Describe errors of files, folders and the machine in one line, with what to do."""

import errno
import os

_ADVICE = {
    errno.EACCES: "run as the user that it belongs to, or change its permissions",
    errno.EPERM: "run as the user that it belongs to, or change its permissions",
    errno.EROFS: "use a place that can be written",
    errno.ENOSPC: "free some space, or name another place",
    errno.EDQUOT: "free some space, or name another place",
    errno.EFBIG: "free some space, or name another place",
    errno.ENOENT: "make it, or name another one",
    errno.ENOTDIR: "name a folder",
    errno.EISDIR: "name a file",
    errno.EEXIST: "remove it, or name another one",
    errno.ELOOP: "a symbolic link there leads to itself; remove it",
    errno.ENAMETOOLONG: "name a shorter one",
    errno.EMFILE: "raise the limit of open files (ulimit -n)",
    errno.ENFILE: "the whole machine has too many files open",
    errno.ENOMEM: "free some memory",
    errno.EIO: "check the disk",
    errno.ESTALE: "mount it again",
}


def described(error: BaseException) -> str | None:
    """Return the description of an error of a file or the machine; None for other errors."""
    if isinstance(error, MemoryError):
        return "not enough memory: free some"
    if isinstance(error, OSError):
        return _of_system(error)
    text = str(error)
    if isinstance(error, RuntimeError) and text.startswith("Symlink loop"):  # pathlib, before Python 3.13
        return f"{text.removeprefix('Symlink loop from ')}: {_ADVICE[errno.ELOOP]}"
    if isinstance(error, ValueError) and "embedded null" in text:
        return "the name of a file or folder contains a NUL character; remove it"
    return None


def _of_system(error: OSError) -> str:
    reason = error.strerror or str(error) or type(error).__name__
    names = [os.fsdecode(name) for name in (error.filename, error.filename2) if isinstance(name, str | bytes)]
    if not names and isinstance(error, FileNotFoundError):
        try:
            os.getcwd()
        except OSError:
            return "the working folder was removed: change to another one"
    advice = _ADVICE.get(error.errno or 0, "")
    return ": ".join(part for part in (" and ".join(names), reason, advice) if part)
