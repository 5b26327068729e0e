"""Policies in files: `policies.json` and `policies.d/*.json` on Linux, property lists of managed preferences on macOS.

A file counts only where nobody but its owner, the administrator, can write to it and to its folder. It is bounded, and
each value is taken or passed over by itself.
"""

from __future__ import annotations

import errno
import json
import os
import plistlib
import stat
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from xml.parsers.expat import ExpatError

from visio_desktop.settings.policies import Found, Given, Ignored, Why, given

ADMINISTRATOR = 0
MOST_BYTES = 1_000_000
MOST_FILES = 100
_NAME = "policies.json"
_FOLDER = "policies.d"
_OTHERS_WRITE = 0o022
_ABSENT = (errno.ENOENT, errno.ENOTDIR)

type Parse = Callable[[bytes], object]


class _Passed(Exception):  # noqa: N818 - reads as a finding
    """A file does not count."""

    def __init__(self, why: Why, detail: str = "") -> None:
        super().__init__(why.value)
        self.why = why
        self.detail = detail


def read_folder(folder: Path, *, owner: int | None = None) -> Found:
    """The policies of a folder: `policies.d`, the last name first, then `policies.json`. Blocks; never raises.

    `owner` is the user id whose files count beside the administrator's.
    """
    given_, ignored = list[Given](), list[Ignored]()
    for path in (*_drop_ins(folder / _FOLDER, ignored), folder / _NAME):
        found = read_file(path, json.loads, owner=owner)
        given_ += found.given
        ignored += found.ignored
    return Found(tuple(given_), tuple(ignored))


def read_property_lists(paths: Sequence[Path], *, owner: int | None = None) -> Found:
    """The policies of property lists, the strongest first. Blocks; never raises."""
    found = [read_file(path, _property_list, owner=owner) for path in paths]
    return Found(
        tuple(value for each in found for value in each.given), tuple(value for each in found for value in each.ignored)
    )


def read_file(path: Path, parse: Parse, *, owner: int | None) -> Found:
    """The policies of one file; none where there is no such file."""
    try:
        _see_to_owner(path.parent.stat(), owner)
        raw = _parsed(_content(path, owner), parse)
    except _Passed as passed:
        return Found(ignored=(Ignored(str(path), "", passed.why, passed.detail),))
    except OSError as error:
        if error.errno in _ABSENT:
            return Found()
        return Found(ignored=(Ignored(str(path), "", Why.UNREADABLE, error.strerror or ""),))
    return Found(tuple(given(str(name), value, str(path)) for name, value in raw.items()))


def _property_list(content: bytes) -> object:
    """What a property list holds, without what the system says of its profile."""
    raw = plistlib.loads(content)
    return {name: raw[name] for name in raw if not str(name).startswith("Payload")} if isinstance(raw, dict) else raw


def _drop_ins(place: Path, ignored: list[Ignored]) -> list[Path]:
    try:
        found = sorted((path for path in place.iterdir() if path.suffix == ".json"), reverse=True)
    except OSError as error:
        if error.errno not in _ABSENT:
            ignored.append(Ignored(str(place), "", Why.UNREADABLE, error.strerror or ""))
        return []
    if len(found) > MOST_FILES:
        ignored.append(Ignored(str(place), "", Why.TOO_MANY, str(len(found))))
    return found[:MOST_FILES]


def _content(path: Path, owner: int | None) -> bytes:
    """The bytes of a file that counts. A pipe in its place is not waited for. Raises `_Passed` and `OSError`."""
    with os.fdopen(os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)), "rb") as file:
        state = os.fstat(file.fileno())
        if not stat.S_ISREG(state.st_mode):
            raise _Passed(Why.UNREADABLE)
        _see_to_owner(state, owner)
        content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise _Passed(Why.TOO_LARGE, str(MOST_BYTES))
    return content


def _see_to_owner(state: os.stat_result, owner: int | None) -> None:
    if state.st_uid not in (owner, ADMINISTRATOR) or state.st_mode & _OTHERS_WRITE:
        raise _Passed(Why.UNTRUSTED, f"{state.st_uid} {state.st_mode & 0o777:o}")


def _parsed(content: bytes, parse: Parse) -> Mapping[str, object]:
    try:
        raw = parse(content)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError, ExpatError) as error:
        # plistlib lets all of these through; their words may quote the file, so only their kind is told.
        raise _Passed(Why.BROKEN, _where(error)) from error
    if not isinstance(raw, Mapping):
        raise _Passed(Why.BROKEN)
    return raw


def _where(error: Exception) -> str:
    """Where in a file it goes wrong, as far as that is known."""
    match error:
        case json.JSONDecodeError():
            return f"{error.lineno}:{error.colno}"
        case ExpatError():
            return f"{error.lineno}:{error.offset}"
        case _:
            return ""
