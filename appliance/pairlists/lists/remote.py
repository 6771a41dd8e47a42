"""Take pairs from a URL or a file."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from appliance.config.jsonc import JsonError, parse
from appliance.config.secrets import without_url_password
from appliance.domain.errors import ConfigurationError, PairListError
from appliance.pairlists.base.pairlist import ChainRun, Fault, InBacktest, PairList, PairListContext
from appliance.pairlists.base.parameters import Parameters, param
from appliance.pairlists.base.ttl_cache import TtlCache
from appliance.pairlists.patterns.expand import expand
from appliance.pairlists.sources.fetching import fetch_json

_FILE = "file:///"
MAX_PERIOD_SECONDS = 7 * 24 * 3600.0
"""The longest refresh period (s) that a source may set."""
MAX_PAIRS = 10_000
"""Limit of pairs and patterns in one answer; no exchange has as many pairs."""


class RemoteParameters(Parameters, frozen=True, kw_only=True):
    pairlist_url: Annotated[
        str,
        param("URL", 'http://, https:// or file:///; its content is JSON: {"pairs": [...]}.', shown=""),
    ]
    number_assets: Annotated[
        int | None, param("Number of pairs", "Number of pairs to take; default: all.")
    ] = None
    mode: Annotated[Literal["whitelist", "blacklist"], param("Mode", "Take these pairs, or remove them.")] = (
        "whitelist"
    )
    processing_mode: Annotated[
        Literal["filter", "append"],
        param("Processing", "Further down the chain: keep only these pairs, or add them."),
    ] = "filter"
    keep_pairlist_on_failure: Annotated[
        bool, param("Keep on failure", "Use the last pairs if they cannot be fetched; otherwise none.")
    ] = True
    read_timeout: Annotated[float, param("Timeout", "Seconds to wait for an answer.", gt=0)] = 60
    bearer_token: Annotated[str, param("Bearer token", "Sent in the Authorization header.")] = ""
    save_to_file: Annotated[
        str | None, param("Save to file", "File to write the pairs to, as JSON.", shown="")
    ] = None
    refresh_period: Annotated[
        int,
        param(
            "Refresh period",
            "Seconds between fetches; the source may set a longer period.",
            ge=0,
        ),
    ] = 1800


class Answer(msgspec.Struct):
    """Hold the answer of the source; other keys are ignored."""

    pairs: list[str]
    refresh_period: float = 0


class RemotePairList(PairList[RemoteParameters]):
    """Fetch pairs and patterns, and use them as whitelist or blacklist."""

    description = "The pairs that a URL or a file lists."
    parameters = RemoteParameters
    generates = True
    in_backtest = InBacktest.BIASED

    def __init__(self, parameters: Parameters, context: PairListContext, position: int = 0) -> None:
        super().__init__(parameters, context, position)
        self._cache: TtlCache[list[str]] = TtlCache(self.params.refresh_period)
        self._last: list[str] | None = None

    def faults(self) -> Iterator[Fault]:
        if not self.params.pairlist_url.startswith((_FILE, "http://", "https://")):
            yield "pairlist_url", "expected a URL that begins with http://, https:// or file:///"
        if self.position == 0 and self.params.mode == "blacklist":
            yield "mode", 'expected "whitelist" in the first list of the chain, found "blacklist"'

    def summary(self) -> str:
        return f"{self.name}: {self.params.number_assets or 'all'} pairs of {self._address}"

    async def generate(self, run: ChainRun) -> list[str]:
        pairs = self._cache.get("pairs", run.now)
        if pairs is None:
            pairs = await self._fetched(run)
            self._cache.put("pairs", pairs, run.now)
        return list(pairs)

    async def filter(self, pairs: list[str], run: ChainRun) -> list[str]:
        own = await self.generate(run)
        if self.params.mode == "blacklist":
            return [pair for pair in pairs if pair not in set(own)]
        if self.params.processing_mode == "append":
            merged = list(dict.fromkeys([*pairs, *own]))
        else:
            merged = [pair for pair in pairs if pair in set(own)]
        return merged[: self.params.number_assets or None]

    @property
    def _address(self) -> str:
        return without_url_password(self.params.pairlist_url.partition("?")[0])

    async def _fetched(self, run: ChainRun) -> list[str]:
        try:
            listed = await self._listed(run)
        except PairListError as error:
            if self._last is None and self.params.pairlist_url.startswith(_FILE):
                raise ConfigurationError(f"pairlists[{self.position}].pairlist_url: {error}") from error
            if self._last is None:
                raise
            listed = self._last if self.params.keep_pairlist_on_failure else []
            self.log.warning(f"{self.name}: {error}; continuing with {len(listed)} pairs")
        pairs = self.only_tradable(listed, run)
        if self.params.mode == "whitelist":
            pairs = pairs[: self.params.number_assets or None]
        self._last = pairs
        if self.params.save_to_file:
            await asyncio.to_thread(self._save, pairs, self.params.save_to_file)
        return pairs

    async def _listed(self, run: ChainRun) -> list[str]:
        """Read the source, and expand the patterns in its answer."""
        if self.params.pairlist_url.startswith(_FILE):
            content = await asyncio.to_thread(_read, self.params.pairlist_url.removeprefix(_FILE))
        else:
            token = self.params.bearer_token
            headers = {"Authorization": f"Bearer {token}"} if token else {}
            content = await fetch_json(
                self.params.pairlist_url, headers=headers, timeout_seconds=self.params.read_timeout
            )
        try:
            answer = msgspec.convert(content, Answer)
            if len(answer.pairs) > MAX_PAIRS:
                raise PairListError(f"{self._address} returned more than {MAX_PAIRS} pairs")
            pairs = await asyncio.to_thread(expand, answer.pairs, run.markets)
        except (msgspec.ValidationError, ConfigurationError) as error:
            raise PairListError(f"{self._address} returned no valid list of pairs: {error}") from None
        period = min(answer.refresh_period, MAX_PERIOD_SECONDS)
        if period > self._cache.seconds:
            self._cache.seconds = period
            self.log.info(f"{self.name}: the source sets a refresh period of {period:g} s")
        return pairs

    def _save(self, pairs: list[str], name: str) -> None:
        try:
            Path(name).write_text(json.dumps({"pairs": pairs}), encoding="utf-8")
        except OSError as error:
            self.log.warning(f"{self.name}: {name} cannot be written: {error.strerror}")


def _read(name: str) -> Any:
    """Read JSON with comments from a file, relative to the working folder or else to the root."""
    file = Path(name) if Path(name).exists() else Path("/", name)
    try:
        return parse(file.read_text(encoding="utf-8-sig"), str(file)).value
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise PairListError(f"{name} cannot be read: {reason}") from None
    except JsonError as error:
        raise PairListError(str(error)) from None
