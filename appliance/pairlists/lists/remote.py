"""Take pairs from a web address or a file."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from appliance.config.jsonc import JsonError, parse
from appliance.config.secrets import without_url_password
from appliance.domain.errors import ConfigurationError, PairListError
from appliance.pairlists.base.pairlist import Fault, InBacktest, PairList, Surroundings, Walk
from appliance.pairlists.base.parameters import Parameters, param
from appliance.pairlists.base.ttl_cache import Remembered
from appliance.pairlists.patterns.expand import expand
from appliance.pairlists.sources.fetching import fetch_json

_FILE = "file:///"
LONGEST_PERIOD = 7 * 24 * 3600.0
"""Seconds that a source may ask to be left alone."""
MOST_PAIRS = 10_000
"""Pairs and patterns of one answer; no exchange has as many pairs."""


class RemoteParameters(Parameters, frozen=True, kw_only=True):
    pairlist_url: Annotated[
        str,
        param("Address", 'http://, https:// or file:///; it answers JSON, {"pairs": [...]}.', shown=""),
    ]
    number_assets: Annotated[
        int | None, param("Number of pairs", "How many pairs to take; default: all.")
    ] = None
    mode: Annotated[
        Literal["whitelist", "blacklist"], param("Mode", "Take these pairs, or leave them out.")
    ] = "whitelist"
    processing_mode: Annotated[
        Literal["filter", "append"],
        param("What to do", "Further down the chain: keep only these pairs, or add them."),
    ] = "filter"
    keep_pairlist_on_failure: Annotated[
        bool, param("Keep on failure", "Go on with the last pairs when they cannot be fetched; else none.")
    ] = True
    read_timeout: Annotated[float, param("Patience", "Seconds to wait for an answer.", gt=0)] = 60
    bearer_token: Annotated[str, param("Bearer token", "Sent along in the Authorization header.")] = ""
    save_to_file: Annotated[
        str | None, param("Save to file", "File to write the pairs to, as JSON.", shown="")
    ] = None
    refresh_period: Annotated[
        int,
        param("Refresh period", "Seconds that the pairs are kept; the source may ask for more.", ge=0),
    ] = 1800


class Answer(msgspec.Struct):
    """What the source answers; other keys are left alone."""

    pairs: list[str]
    refresh_period: float = 0


class RemotePairList(PairList[RemoteParameters]):
    """Fetch pairs and patterns, and use them as white- or blacklist."""

    description = "The pairs that a web address or a file lists."
    parameters = RemoteParameters
    generates = True
    in_backtest = InBacktest.BIASED

    def __init__(self, parameters: Parameters, around: Surroundings, position: int = 0) -> None:
        super().__init__(parameters, around, position)
        self._kept: Remembered[list[str]] = Remembered(self.set.refresh_period)
        self._last: list[str] | None = None

    def faults(self) -> Iterator[Fault]:
        if not self.set.pairlist_url.startswith((_FILE, "http://", "https://")):
            yield "pairlist_url", "expected an address that begins with http://, https:// or file:///"
        if self.position == 0 and self.set.mode == "blacklist":
            yield "mode", 'expected "whitelist" at the head of the chain, found "blacklist"'

    def summary(self) -> str:
        return f"{self.name}: {self.set.number_assets or 'all'} pairs of {self._address}"

    async def generate(self, walk: Walk) -> list[str]:
        kept = self._kept.get("pairs", walk.now)
        if kept is None:
            kept = await self._fetched(walk)
            self._kept.put("pairs", kept, walk.now)
        return list(kept)

    async def filter(self, pairs: list[str], walk: Walk) -> list[str]:
        own = await self.generate(walk)
        if self.set.mode == "blacklist":
            return [pair for pair in pairs if pair not in set(own)]
        if self.set.processing_mode == "append":
            merged = list(dict.fromkeys([*pairs, *own]))
        else:
            merged = [pair for pair in pairs if pair in set(own)]
        return merged[: self.set.number_assets or None]

    @property
    def _address(self) -> str:
        return without_url_password(self.set.pairlist_url.partition("?")[0])

    async def _fetched(self, walk: Walk) -> list[str]:
        try:
            named = await self._named(walk)
        except PairListError as error:
            if self._last is None and self.set.pairlist_url.startswith(_FILE):
                raise ConfigurationError(f"pairlists[{self.position}].pairlist_url: {error}") from error
            if self._last is None:
                raise
            named = self._last if self.set.keep_pairlist_on_failure else []
            self.told.warning(f"{self.name}: {error}; going on with {len(named)} pairs")
        pairs = self.only_tradable(named, walk)
        if self.set.mode == "whitelist":
            pairs = pairs[: self.set.number_assets or None]
        self._last = pairs
        if self.set.save_to_file:
            await asyncio.to_thread(self._save, pairs, self.set.save_to_file)
        return pairs

    async def _named(self, walk: Walk) -> list[str]:
        """Ask the source; patterns in its answer are expanded."""
        if self.set.pairlist_url.startswith(_FILE):
            content = await asyncio.to_thread(_read, self.set.pairlist_url.removeprefix(_FILE))
        else:
            token = self.set.bearer_token
            headers = {"Authorization": f"Bearer {token}"} if token else {}
            content = await fetch_json(
                self.set.pairlist_url, headers=headers, timeout_seconds=self.set.read_timeout
            )
        try:
            answer = msgspec.convert(content, Answer)
            if len(answer.pairs) > MOST_PAIRS:
                raise PairListError(f"{self._address} answered more than {MOST_PAIRS} pairs")
            pairs = await asyncio.to_thread(expand, answer.pairs, walk.markets)
        except (msgspec.ValidationError, ConfigurationError) as error:
            raise PairListError(f"{self._address} answered no list of pairs: {error}") from None
        period = min(answer.refresh_period, LONGEST_PERIOD)
        if period > self._kept.seconds:
            self._kept.seconds = period
            self.told.info(f"{self.name}: the source asks to be read every {period:g} s only")
        return pairs

    def _save(self, pairs: list[str], name: str) -> None:
        try:
            Path(name).write_text(json.dumps({"pairs": pairs}), encoding="utf-8")
        except OSError as error:
            self.told.warning(f"{self.name}: {name} cannot be written: {error.strerror}")


def _read(name: str) -> Any:
    """Read JSON with comments from a file named from the working folder or, failing that, from the root."""
    file = Path(name) if Path(name).exists() else Path("/", name)
    try:
        return parse(file.read_text(encoding="utf-8-sig"), str(file)).value
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text in UTF-8"
        raise PairListError(f"{name} cannot be read: {reason}") from None
    except JsonError as error:
        raise PairListError(str(error)) from None
