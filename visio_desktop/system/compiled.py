"""Keeps what Python compiles at every start from one to the next, as it keeps compiled modules.

`dataclasses` writes the methods of a class as text and compiles it; with some hundred classes that was a seventh of
ours. And every regular expression is parsed and compiled anew, libraries' above all. The file lies among the compiled
modules, is as trustworthy as they are, and is not written where they are not. What is in it is found by the hash of the
text, so that nothing old is ever used.
"""

from __future__ import annotations

import dataclasses
import marshal
import os
import re
import sys
from collections.abc import Callable
from importlib.util import MAGIC_NUMBER, source_hash
from types import CodeType, ModuleType
from typing import Any

MOST_KEPT = 2_000
FILE = os.path.join(os.path.dirname(__file__), "__pycache__", f"dataclasses.{sys.implementation.cache_tag}.marshal")  # noqa: PTH118, PTH120 - pathlib is not loaded yet

# Only these releases of Python compile an expression in the way it is done here; others go on as they are.
_PATTERNS: ModuleType | None = getattr(re, "_compiler", None) if sys.version_info[:2] in {(3, 12), (3, 13)} else None

_begun: list[Compiled] = []


class Compiled:
    """Stands in for `exec` within `dataclasses`, and for the compiler of regular expressions."""

    def __init__(self, file: str = FILE) -> None:
        self._file = file
        self._known = _read(file)
        self._new: dict[bytes, bytes] = {}
        self._compile: Callable[..., re.Pattern[Any]] = re.compile

    def begin(self) -> None:
        """Be asked from now on."""
        _begun[:] = [self]
        dataclasses.exec = self.execute  # type: ignore[attr-defined] # hides the builtin from that module
        if _PATTERNS is not None:
            self._compile = _PATTERNS.compile
            _PATTERNS.compile = self.pattern  # type: ignore[attr-defined]

    def execute(self, text: str, variables: dict[str, Any], names: dict[str, Any]) -> None:
        """As `exec`, but what was compiled once is not compiled again."""
        exec(self.code(text, lambda: compile(text, "<string>", "exec")), variables, names)  # noqa: S102 - as dataclasses

    def code(self, text: str, make: Callable[[], CodeType]) -> CodeType:
        """What `make` made of this text once."""
        key = source_hash(text.encode())
        kept = self._known.get(key)
        if kept is None:
            code = make()
            self._new[key] = marshal.dumps(code)
        else:
            code = marshal.loads(kept)  # noqa: S302 - our own file, see above
        return code

    def pattern(self, text: Any, flags: int = 0) -> re.Pattern[Any]:
        """As `re._compiler.compile`; what the engine runs is checked by it when it takes it (`_sre`)."""
        compiler = _PATTERNS
        if compiler is None or not isinstance(text, str | bytes) or flags & re.DEBUG:
            return self._compile(text, flags)
        key = source_hash(repr((int(flags), text)).encode())
        kept = self._known.get(key)
        if kept is None:
            made = _parsed(compiler, text, flags)
            self._new[key] = marshal.dumps(made)
        else:
            made = marshal.loads(kept)  # noqa: S302 - our own file, see above
        return compiler._sre.compile(text, *made)  # type: ignore[no-any-return]  # noqa: SLF001 - see `_PATTERNS`

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


def begun() -> Compiled | None:
    """The one that is asked, if there is one."""
    return _begun[0] if _begun else None


def _parsed(compiler: ModuleType, text: str | bytes, flags: int) -> tuple[Any, ...]:
    """What `_sre.compile` takes besides the text: flags, code, number of groups, their numbers and their names."""
    tree = compiler._parser.parse(text, flags)  # noqa: SLF001 - see `_PATTERNS`
    numbers: dict[str, int] = tree.state.groupdict
    names: list[str | None] = [None] * tree.state.groups
    for name, number in numbers.items():
        names[number] = name
    code = [int(each) for each in compiler._code(tree, flags)]  # noqa: SLF001 - some are named integers
    return int(flags | tree.state.flags), code, tree.state.groups - 1, dict(numbers), tuple(names)


def _read(name: str) -> dict[bytes, bytes]:
    try:
        with open(name, "rb") as file:  # noqa: PTH123 - as above
            data = file.read()
        found = marshal.loads(data[len(MAGIC_NUMBER) :]) if data.startswith(MAGIC_NUMBER) else {}  # noqa: S302 - as above
    except (OSError, ValueError, EOFError, TypeError):
        return {}
    return found if isinstance(found, dict) else {}
