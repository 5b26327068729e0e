"""Keeps the compiled methods of dataclasses from one start to the next, as Python keeps compiled modules.

`dataclasses` writes the methods of a class as text and compiles it, for every class at every start; with some hundred
classes that was a seventh of ours. The file lies among the compiled modules, is as trustworthy as they are, and is not
written where they are not. What is in it is found by the hash of the text, so that nothing old is ever used.
"""

from __future__ import annotations

import dataclasses
import marshal
import os
import sys
from importlib.util import MAGIC_NUMBER, source_hash
from typing import Any

MOST_KEPT = 2_000
_FILE = os.path.join(os.path.dirname(__file__), "__pycache__", f"dataclasses.{sys.implementation.cache_tag}.marshal")  # noqa: PTH118, PTH120 - pathlib is not loaded yet


class Compiled:
    """Stands in for `exec` within `dataclasses`."""

    def __init__(self, file: str = _FILE) -> None:
        self._file = file
        self._known = _read(file)
        self._new: dict[bytes, bytes] = {}

    def begin(self) -> None:
        """Be asked from now on."""
        dataclasses.exec = self.execute  # type: ignore[attr-defined] # hides the builtin from that module

    def execute(self, text: str, variables: dict[str, Any], names: dict[str, Any]) -> None:
        """As `exec`, but what was compiled once is not compiled again."""
        key = source_hash(text.encode())
        kept = self._known.get(key)
        if kept is None:
            code = compile(text, "<string>", "exec")
            self._new[key] = marshal.dumps(code)
        else:
            code = marshal.loads(kept)  # noqa: S302 - our own file, see above
        exec(code, variables, names)  # noqa: S102 - what dataclasses does

    def keep(self) -> None:
        """Write what is new for the next start; nothing happens where that is not possible or not wanted."""
        if not self._new or sys.dont_write_bytecode:
            return
        old = self._known if len(self._known) + len(self._new) <= MOST_KEPT else {}
        self._known, self._new = {**old, **self._new}, {}
        part = f"{self._file}.{os.getpid()}"
        try:
            with open(part, "wb") as file:  # noqa: PTH123 - as above
                file.write(MAGIC_NUMBER + marshal.dumps(self._known))
            os.replace(part, self._file)  # noqa: PTH105 - as above
        except OSError:
            return


def _read(name: str) -> dict[bytes, bytes]:
    try:
        with open(name, "rb") as file:  # noqa: PTH123 - as above
            data = file.read()
        found = marshal.loads(data[len(MAGIC_NUMBER) :]) if data.startswith(MAGIC_NUMBER) else {}  # noqa: S302 - as above
    except (OSError, ValueError, EOFError, TypeError):
        return {}
    return found if isinstance(found, dict) else {}
