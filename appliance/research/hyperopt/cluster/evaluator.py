"""Spread epochs over the workers of a Dask scheduler."""

import logging
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import CancelledError
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from appliance.domain.errors import ApplianceError, ConfigurationError
from appliance.research.hyperopt.cluster.bundle import packed
from appliance.research.hyperopt.epoch import Epoch, Lost
from appliance.research.hyperopt.evaluation import Task
from appliance.research.hyperopt.subject import Subject
from appliance.strategy.loading.packages import make_importable, package_folder

if TYPE_CHECKING:
    from pathlib import Path

log = logging.getLogger(__name__)

CONNECT_SECONDS = 10.0
WORKERS_SECONDS = 30.0
"""How long a search waits for a worker, at its beginning and where all are gone."""


class Cluster:
    """Evaluate epochs on the workers of a scheduler (`tcp://host:port`).

    A worker that dies costs nothing: another one evaluates its epochs. Raises ConfigurationError if no
    scheduler answers, or none of its workers is there.
    """

    def __init__(self, subject: Subject, address: str) -> None:
        self._client = _connected(address, subject.plan.backtest.loaded.user_data_dir)
        from appliance.research.hyperopt.cluster import remote  # late: it needs distributed

        self._address, self._remote = address, remote
        try:
            self._client.wait_for_workers(1, timeout=WORKERS_SECONDS)
        except TimeoutError:
            self._client.close()
            raise ConfigurationError(self._nobody()) from None
        bundle = packed(subject)
        self._key, self._plugin = bundle.key, remote.Held(bundle)
        log.info("Sending %.1f MB to the workers of %s", len(bundle.content) / 1e6, address)
        self._client.register_plugin(self._plugin)

    def run(self, tasks: Iterable[Task]) -> Iterator[tuple[int, Epoch | Lost]]:
        """Yield the result of each task as it comes. Raises ApplianceError where an epoch fails."""
        waiting: dict[Any, int] = {}
        try:
            for number, params in tasks:
                submitted = self._client.submit(self._remote.evaluate, self._key, number, params, pure=False)
                waiting[submitted] = number
            seen = time.monotonic()
            while waiting:
                done = self._some(list(waiting))
                if done or self._client.nthreads():
                    seen = time.monotonic()
                elif time.monotonic() - seen > WORKERS_SECONDS:
                    raise ConfigurationError(self._nobody())
                for one in done:
                    yield waiting.pop(one), self._result(one)
        finally:
            with suppress(OSError, TimeoutError):
                self._client.cancel(list(waiting), force=True)

    def close(self) -> None:
        """Have the workers forget the search, and hang up."""
        with suppress(OSError, TimeoutError, ValueError):
            self._client.unregister_worker_plugin(self._plugin.name)
        with suppress(OSError, TimeoutError):
            self._client.close(timeout=CONNECT_SECONDS)

    def _some(self, waiting: list[Any]) -> list[Any]:
        """Wait a moment for results; return what there is."""
        import distributed  # late: only searches of a cluster need it

        try:
            with self._client.as_current():
                return list(distributed.wait(waiting, timeout=1.0, return_when="FIRST_COMPLETED").done)
        except TimeoutError:
            return []
        except (OSError, CancelledError) as error:
            raise ConfigurationError(self._gone()) from error

    def _result(self, done: Any) -> Epoch | Lost:
        import distributed  # late: only searches of a cluster need it

        try:
            result: Epoch | Lost = done.result()
        except ApplianceError:
            raise
        except distributed.scheduler.KilledWorker:
            return Lost("every worker that evaluated it died")
        except (OSError, CancelledError) as error:
            raise ConfigurationError(self._gone()) from error
        return result

    def _nobody(self) -> str:
        return (
            f"--scheduler: {self._address} has no workers: start some with "
            f"`appliance hyperopt-worker {self._address}`"
        )

    def _gone(self) -> str:
        return f"--scheduler: {self._address} is gone: go on with --continue once it is back"


def check_scheduler(address: str, user_folder: "Path") -> None:
    """Raise ConfigurationError if Dask is missing, or the address is none."""
    check_distributed(user_folder)
    if "://" not in address:
        raise ConfigurationError(
            f"--scheduler: expected an address such as tcp://10.0.0.1:8786, found {address}"
        )


def check_distributed(user_folder: "Path") -> None:
    """Raise ConfigurationError if Dask is missing."""
    make_importable(package_folder(user_folder))
    try:
        import distributed  # noqa: F401 -- late: only a cluster needs it
    except ImportError:
        raise ConfigurationError(
            "the package distributed is missing, which clusters need: "
            "`appliance packages install distributed`"
        ) from None
    for name in ("", ".client", ".worker", ".scheduler", ".core", ".comm", ".nanny"):
        # What matters is said in one line here.
        logging.getLogger(f"distributed{name}").setLevel(logging.CRITICAL + 1)


def check_reachable(address: str, user_folder: "Path") -> None:
    """Raise ConfigurationError if no scheduler answers at an address."""
    _connected(address, user_folder).close()


def _connected(address: str, user_folder: "Path") -> Any:
    check_scheduler(address, user_folder)
    import distributed  # late: only searches of a cluster need it

    try:
        return distributed.Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise ConfigurationError(
            f"--scheduler: no scheduler answers at {address} ({type(error).__name__}): start one with "
            "`appliance hyperopt-scheduler`, or leave the option out"
        ) from error
