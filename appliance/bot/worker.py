"""Run strategy code in one thread of its own, so that the event loop never waits for pandas."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

Result = TypeVar("Result")
Arguments = ParamSpec("Arguments")


class StrategyThread:
    """Run one call of strategy code after the other, each in the same thread."""

    def __init__(self) -> None:
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="strategy")

    async def run(
        self, call: Callable[Arguments, Result], *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> Result:
        """Run `call` in the strategy's thread and return what it returns, or raise what it raises."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._executor, partial(call, *args, **kwargs))

    def close(self) -> None:
        """Let go of the thread; a call that is still running is not waited for."""
        self._executor.shutdown(wait=False, cancel_futures=True)
