"""Have the C library give memory back that is no longer used, and not keep it by the thread."""

import os

_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8
_ARENAS = 2
_LARGE = 256 * 1024


def give_back() -> bool:
    """Bound what glibc keeps; tell whether it could be asked to (musl and macOS have no such thing).

    By itself it gives each thread a heap of its own, and from the first large answer on keeps large pieces in
    these for good: after some minutes of trades and requests that made 10 MB. What somebody has set by
    MALLOC_ variables of the environment stands.
    """
    if any(name.startswith("MALLOC_") for name in os.environ):
        return False
    import ctypes

    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError, TypeError):
        return False
    taken = [
        mallopt(setting, value)
        for setting, value in (
            (_ARENA_MAX, _ARENAS),
            (_MMAP_THRESHOLD, _LARGE),
            (_TRIM_THRESHOLD, _LARGE),
        )
    ]
    return taken == [1, 1, 1]
