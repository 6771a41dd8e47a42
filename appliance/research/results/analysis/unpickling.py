"""Take pickles apart without running anything that they name.

Results hold dataframes as pickles, of which any part could name a function to call. Here only harmless types
are made; whatever else a pickle names becomes a `Part` that states what it was made of. So neither pandas nor
pyarrow nor joblib is needed to read them.
"""

import pickle
from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from io import BytesIO
from typing import Any, ClassVar

import numpy as np

from appliance.domain.errors import DataError

Array = np.ndarray[Any, Any]

_JOBLIB_ARRAY = "joblib.numpy_pickle.NumpyArrayWrapper"


class Part:
    """State what a type of a pickle was called with, and what was set in it afterwards."""

    path: ClassVar[str] = ""

    def __new__(cls, *args: Any) -> "Part":
        made = super().__new__(cls)
        made.args = args
        made.state = made.array = None
        return made

    args: tuple[Any, ...]
    state: Any
    array: Array | None

    def __setstate__(self, state: Any) -> None:
        self.state = state

    def __call__(self, *args: Any) -> "Part":
        """Stand for what a named function would have returned."""
        return Part(self, *args)


def read_pickle(content: bytes) -> Any:
    """Return what a pickle holds, also one of joblib. Raises DataError for what cannot be taken apart.

    joblib puts arrays behind the objects that describe them: these are parts with an `array`.
    """
    try:
        return _Reader(BytesIO(content)).load()
    # The edge to what others wrote: a damaged pickle makes the reader fail in any way.
    except (pickle.UnpicklingError, EOFError, ValueError, TypeError, AttributeError, LookupError) as error:
        raise DataError(f"it is damaged ({' '.join(str(error).split())[:100]})") from error


class _Reader(pickle.Unpickler):
    """Read a pickle from bytes. Where it stands in them is where an array of joblib begins."""

    def __init__(self, content: BytesIO) -> None:
        super().__init__(content)
        self._content = content

    def find_class(self, module: str, name: str) -> Any:
        path = f"{module}.{name}"
        harmless = _HARMLESS.get(path)
        if harmless is not None:
            return harmless
        if path == _JOBLIB_ARRAY:
            return type(name, (Part,), {"path": path, "__setstate__": self._set_array})
        return type(name, (Part,), {"path": path})

    @property
    def _set_array(self) -> Callable[[Part, dict[str, Any]], None]:
        def set_array(part: Part, described: dict[str, Any]) -> None:
            part.array = self._next_array(described)

        return set_array

    def _next_array(self, described: dict[str, Any]) -> Array:
        dtype: np.dtype[Any] = described["dtype"]
        if dtype.hasobject:
            array: Array = _Reader(self._content).load()
            return array
        if described.get("numpy_array_alignment_bytes") is not None:
            self._content.read(self._content.read(1)[0])
        shape = described["shape"]
        size = int(np.prod(shape, dtype=np.int64)) * dtype.itemsize
        content = self._content.read(size)
        if len(content) < size:
            raise EOFError("it ends early")
        return np.frombuffer(content, dtype).reshape(shape, order=described["order"])


_HARMLESS: dict[str, Any] = {
    "builtins.slice": slice,
    "builtins.bytearray": bytearray,
    "datetime.date": date,
    "datetime.datetime": datetime,
    "datetime.timedelta": timedelta,
    "datetime.timezone": timezone,
    "numpy.ndarray": np.ndarray,
    "numpy.dtype": np.dtype,
}
for _path, _made in {
    "multiarray._reconstruct": np.empty(0).__reduce__()[0],
    "multiarray.scalar": np.float64(0).__reduce__()[0],
    "numeric._frombuffer": np.empty(0).__reduce_ex__(5)[0],
}.items():
    _HARMLESS |= {f"numpy.core.{_path}": _made, f"numpy._core.{_path}": _made}
