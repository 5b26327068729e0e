"""The user's settings, in one JSON file that is replaced in one step.

A broken file costs a person their settings, never their meeting: it is kept beside as `settings.json.broken`, and the
defaults hold. Keys we do not know are kept as they are: a newer version may have written them.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from visio_desktop.meeting.events import Preferences
from visio_desktop.meeting.values import MeetingLink
from visio_desktop.settings.schema import SCHEMA, SettingsError, Value, ValueRefused, setting
from visio_desktop.system.log import get_logger

_log = get_logger(__name__)
_MAX_FILE_BYTES = 1_000_000


class Settings:
    """The values of all settings. Safe to use from any thread; each change is written before it returns."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._raw = _read(path)

    def get(self, key: str) -> Value:
        """The value of a setting, its default while nobody chose one. Raises `UnknownSetting`."""
        found = setting(key)
        try:
            return found.check(self._raw[key]) if key in self._raw else found.default
        except ValueRefused:
            return found.default

    def put(self, key: str, value: Value) -> None:
        """Choose a value; one that cannot be written holds for this run. Raises `SettingsError`."""
        checked = setting(key).check(value)
        with self._lock:
            self._raw[key] = list(checked) if isinstance(checked, tuple) else checked
            self._write()

    def remember(self, what: str, value: str) -> None:
        """Carry out `effects.Remember`: a setting's name and value, or `recent` or `forget` and a link."""
        try:
            match what:
                case "recent":
                    self.put("recents", (value, *self._other_recents(value)))
                case "forget":
                    self.put("recents", self._other_recents(value))
                case _:
                    self.put(what, setting(what).parse(value))
        except SettingsError as error:
            _log.warning("setting_refused", what=what, error=str(error))

    def preferences(self, link_of: Callable[[str], MeetingLink | None]) -> Preferences:
        """What the meeting starts with; `link_of` recognises a link, None drops it from the list."""
        links = (link_of(text) for text in self._texts("recents"))
        return Preferences(
            name=str(self.get("name")),
            microphone_on=self.get("microphone_on") is True,
            camera_on=self.get("camera_on") is True,
            camera=str(self.get("camera")),
            microphone=str(self.get("microphone")),
            speaker=str(self.get("speaker")),
            recents=tuple(link for link in links if link is not None),
        )

    def _texts(self, key: str) -> tuple[str, ...]:
        value = self.get(key)
        return value if isinstance(value, tuple) else ()

    def _other_recents(self, link: str) -> tuple[str, ...]:
        return tuple(text for text in self._texts("recents") if text != link)

    def _write(self) -> None:
        part = self._path.with_name(self._path.name + ".part")
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
                json.dump(self._raw, file, indent=2, ensure_ascii=False)
                file.flush()
                os.fsync(file.fileno())
            part.replace(self._path)
        except OSError as error:
            _log.warning("settings_not_written", error=str(error))


def _read(path: Path) -> dict[str, Any]:
    try:
        raw = _parse(path)
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError) as error:
        _log.warning("settings_broken", error=str(error))
        _keep_aside(path)
        return {}
    refused = [key for key, value in raw.items() if key in SCHEMA and not _fits(key, value)]
    if refused:
        _log.warning("settings_refused", keys=refused)
    return raw


def _parse(path: Path) -> dict[str, Any]:
    if path.stat().st_size > _MAX_FILE_BYTES:
        raise ValueError("too large")
    raw = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(raw, dict):
        raise ValueError("not an object")  # noqa: TRY004 - all that is wrong with a file is one kind of error
    return raw


def _fits(key: str, value: object) -> bool:
    try:
        SCHEMA[key].check(value)
    except ValueRefused:
        return False
    return True


def _keep_aside(path: Path) -> None:
    try:
        path.replace(path.with_name(path.name + ".broken"))
    except OSError as error:
        _log.warning("settings_not_kept_aside", error=str(error))
