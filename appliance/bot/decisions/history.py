"""Hold records of past candles, packed, in bounded memory: a limit for each pair, and one for all."""

from collections import OrderedDict, deque
from collections.abc import Iterator

import msgspec

from appliance.domain.decisions.record import CandleRecord

BYTES_A_PAIR = 30_000
"""About 80 candles of a pair with 32 indicators and a step or two."""
BYTES_IN_ALL = 100 * BYTES_A_PAIR
_OBJECT_BYTES = 56
"""What Python needs for a packed record besides its content."""

_pack = msgspec.msgpack.Encoder().encode
_unpack = msgspec.msgpack.Decoder(CandleRecord).decode


class _OfPair:
    __slots__ = ("packed", "size")

    def __init__(self) -> None:
        self.packed: deque[bytes] = deque()
        self.size = 0

    def drop_oldest(self) -> int:
        dropped = len(self.packed.popleft()) + _OBJECT_BYTES
        self.size -= dropped
        return dropped


class History:
    """Hold records by pair, oldest first; the oldest of those that changed longest ago are dropped first."""

    def __init__(self, bytes_a_pair: int = BYTES_A_PAIR, bytes_in_all: int = BYTES_IN_ALL) -> None:
        self._most_a_pair, self._most = bytes_a_pair, bytes_in_all
        self._pairs: OrderedDict[str, _OfPair] = OrderedDict()
        self.size = 0
        """Bytes in use."""

    def add(self, pair: str, record: CandleRecord) -> None:
        """Pack a record; drop what is over a limit."""
        packed = _pack(record)
        size = len(packed) + _OBJECT_BYTES
        of_pair = self._pairs.get(pair)
        if of_pair is None:
            of_pair = self._pairs[pair] = _OfPair()
        of_pair.packed.append(packed)
        of_pair.size += size
        self.size += size
        self._pairs.move_to_end(pair)
        while of_pair.size > self._most_a_pair:
            self.size -= of_pair.drop_oldest()
        while self.size > self._most:
            self._drop_one()

    def newest_first(self, pair: str) -> Iterator[CandleRecord]:
        """Yield the records of a pair; thread-safe."""
        of_pair = self._pairs.get(pair)
        for packed in reversed(list(of_pair.packed)) if of_pair else ():
            yield _unpack(packed)

    def _drop_one(self) -> None:
        pair, of_pair = next(iter(self._pairs.items()))
        self.size -= of_pair.drop_oldest()
        if of_pair.packed:
            self._pairs.move_to_end(pair)
        else:
            del self._pairs[pair]
