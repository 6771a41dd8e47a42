"""Make the C library return unused memory to the system."""

import os

_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8
_ARENAS = 2
_LARGE = 256 * 1024


def limit_unused() -> bool:
    """Limit the unused memory held by glibc; return whether that is possible (not with musl and macOS).

    By default each thread gets its own heap, and after the first large answer large blocks stay in them: 10
    MB after some minutes of trades and requests. MALLOC_ variables in the environment have precedence.
    """
    if any(name.startswith("MALLOC_") for name in os.environ):
        return False
    import ctypes

    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError, TypeError):
        return False
    results = [
        mallopt(setting, value)
        for setting, value in (
            (_ARENA_MAX, _ARENAS),
            (_MMAP_THRESHOLD, _LARGE),
            (_TRIM_THRESHOLD, _LARGE),
        )
    ]
    return results == [1, 1, 1]
