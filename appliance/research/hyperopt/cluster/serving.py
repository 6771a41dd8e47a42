"""Be the scheduler of a cluster, or one of its workers."""

import asyncio
import tempfile
from collections.abc import Callable
from contextlib import suppress

from appliance.domain.errors import ConfigurationError

CONNECT_SECONDS = 10


def schedule(host: str, port: int, say: Callable[[str], None]) -> None:
    """Hand out epochs to the workers that come, until interrupted. Raises ConfigurationError."""
    with suppress(KeyboardInterrupt):
        asyncio.run(_schedule(host, port, say))


async def _schedule(host: str, port: int, say: Callable[[str], None]) -> None:
    import distributed  # late: only a cluster needs it

    try:
        scheduler = await distributed.Scheduler(host=host, port=port, dashboard=False)
    except (OSError, RuntimeError) as error:
        reason = getattr(error.__cause__ or error, "strerror", None) or error
        raise ConfigurationError(
            f"--host {host} --port {port}: it cannot listen there ({reason}): choose another"
        ) from error
    say(f"Handing out epochs at {scheduler.address}; Ctrl-C ends it")
    try:
        await scheduler.finished()
    finally:
        await scheduler.close()


def serve(scheduler: str, jobs: int, say: Callable[[str], None]) -> None:
    """Evaluate up to `jobs` epochs at once until interrupted. Raises ConfigurationError."""
    with tempfile.TemporaryDirectory(prefix="worker-") as folder, suppress(KeyboardInterrupt):
        asyncio.run(_serve(scheduler, jobs, folder, say))


async def _serve(scheduler: str, jobs: int, folder: str, say: Callable[[str], None]) -> None:
    import distributed  # late: only workers of a cluster need it

    worker = distributed.Worker(scheduler, nthreads=jobs, local_directory=folder, dashboard=False)
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            await worker
    except (OSError, TimeoutError) as error:
        raise ConfigurationError(
            f"no scheduler answers at {scheduler} ({type(error).__name__}): start `hyperopt-scheduler` there"
        ) from error
    say(f"Evaluating up to {jobs} epochs at once for {scheduler}; Ctrl-C ends it")
    try:
        await worker.finished()
    finally:
        await worker.close()
