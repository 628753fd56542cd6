"""What a parent and its child say to each other: pickles with their length before them.

The child has read files of unknown origin, so the parent takes back only data: built-in values and the
classes of this program, never a function to call.
"""

from __future__ import annotations

import builtins
import io
import pickle
import struct
from dataclasses import is_dataclass
from typing import IO, Any

from harmscape.model.errors import HarmscapeError

_LENGTH = struct.Struct("<Q")
_PLAIN = {
    "builtins": {"complex", "set", "frozenset", "bytearray", "range", "slice"},
    "collections": {"Counter", "OrderedDict"},
    "datetime": {"date", "datetime", "time", "timedelta", "timezone"},
    "decimal": {"Decimal"},
    "pathlib": {"Path", "PosixPath", "WindowsPath", "PurePosixPath", "PureWindowsPath"},
    "copyreg": {"_reconstructor"},
}


def send(stream: IO[bytes], value: object) -> None:
    """Write one value."""
    data = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    stream.write(_LENGTH.pack(len(data)) + data)
    stream.flush()


def receive(stream: IO[bytes], *, trusted: bool) -> Any:
    """Read one value; EOFError where the other side is gone. What is not trusted may hold data only."""
    data = _exactly(stream, _LENGTH.unpack(_exactly(stream, _LENGTH.size))[0])
    if trusted:
        return pickle.loads(data)  # noqa: S301 (from our own parent)
    return _DataOnly(io.BytesIO(data)).load()


def _exactly(stream: IO[bytes], size: int) -> bytes:
    data = stream.read(size)
    if data is None or len(data) < size:
        raise EOFError
    return data


class _DataOnly(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        """Only classes that hold data."""
        if name in _PLAIN.get(module, ()):
            return super().find_class(module, name)
        if module.startswith("harmscape.") and "." not in name:
            found = super().find_class(module, name)
            if isinstance(found, type) and _holds_data(found):
                return found
        if module == "builtins" and name in ("list", "dict", "tuple", "int", "str", "bytes", "object"):
            return getattr(builtins, name)
        raise pickle.UnpicklingError(f"a sandboxed child answered with {module}.{name}")


def _holds_data(kind: type) -> bool:
    """Declarations, results and errors; not classes that act when they are made."""
    return is_dataclass(kind) or issubclass(kind, (tuple, HarmscapeError)) or hasattr(kind, "model_fields")
