"""The user's settings, in one JSON file that is replaced in one step, under what the organisation has decided.

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
from visio_desktop.meeting.look import BLUR, Look, PictureQuality, is_image
from visio_desktop.meeting.values import Capability, MeetingLink, SoundWishes, Source
from visio_desktop.settings.hosts import is_allowed
from visio_desktop.settings.policies import NO_POLICIES, Policies
from visio_desktop.settings.schema import SCHEMA, SettingLocked, SettingsError, Value, ValueRefused, setting
from visio_desktop.system.account_name import full_name
from visio_desktop.system.log import get_logger

_log = get_logger(__name__)
_MAX_FILE_BYTES = 1_000_000
_RECORDING = Capability.RECORD | Capability.TRANSCRIBE | Capability.REQUEST_RECORDING | Capability.REQUEST_TRANSCRIPT
_OFF_AT_FIRST = ((Source.MICROPHONE, "microphone_on"), (Source.CAMERA, "camera_on"))


class Settings:
    """The values of all settings. Safe to use from any thread; each change is written before it returns.

    `policies` gives what the organisation has decided; it may wait for that to be read. `account_name` asks what the
    person is called in the directory.
    """

    def __init__(
        self,
        path: Path,
        policies: Callable[[], Policies] = lambda: NO_POLICIES,
        account_name: Callable[[], str] = full_name,
    ) -> None:
        self.policies = policies
        self._account_name = account_name
        self._path = path
        self._lock = threading.Lock()
        self._raw = _read(path)

    def get(self, key: str) -> Value:
        """The value of a setting, its default while nobody chose one. Raises `UnknownSetting`."""
        found, policy = setting(key), self.policies().active.get(key)
        usual = found.default if policy is None else policy.value
        if (policy is not None and policy.locked) or key not in self._raw:
            return usual
        try:
            return found.check(self._raw[key])
        except ValueRefused:
            return usual

    def number(self, key: str) -> int:
        """The value of a setting that is a number, 0 of any other."""
        value = self.get(key)
        return value if isinstance(value, int) else 0

    def texts(self, key: str) -> tuple[str, ...]:
        """The value of a setting that is a list, nothing of any other."""
        value = self.get(key)
        return value if isinstance(value, tuple) else ()

    def is_allowed(self, host: str) -> bool:
        """Whether a server's host may be gone to."""
        return is_allowed(self.texts("allowed_servers"), host)

    def is_locked(self, key: str) -> bool:
        """Whether the organisation has decided this setting for good."""
        return self.policies().is_locked(key)

    def put(self, key: str, value: Value) -> None:
        """Choose a value; one that cannot be written holds for this run. Raises `SettingsError`."""
        checked = setting(key).check(value)
        if self.is_locked(key):
            raise SettingLocked(key)
        with self._lock:
            self._raw[key] = list(checked) if isinstance(checked, tuple) else checked
            self._write()

    def remember(self, what: str, value: str) -> None:
        """Carry out `effects.Remember`: a setting's name and value, or `recent` or `forget` and a link.

        A kiosk remembers nobody.
        """
        if self.is_kiosk:
            return
        try:
            match what:
                case "recent":
                    self.put("recents", (value, *self._other_recents(value)))
                case "forget":
                    self.put("recents", self._other_recents(value))
                case _:
                    self.put(what, setting(what).parse(value))
        except SettingLocked:
            pass  # a person may still turn it on or off in a meeting; it is not kept
        except SettingsError as error:
            _log.warning("setting_refused", what=what, error=str(error))

    def preferences(self, link_of: Callable[[str], MeetingLink | None]) -> Preferences:
        """What the meeting starts with; `link_of` recognises a link, None drops it from the list."""
        links = (link_of(text) for text in (() if self.is_kiosk else self.texts("recents")))
        account = self._name_of_account()
        locked = {key for key in self.policies().active if self.is_locked(key)}
        return Preferences(
            name=account or str(self.get("name")),
            microphone_on=self.get("microphone_on") is True,
            camera_on=self.get("camera_on") is True,
            camera=str(self.get("camera")),
            microphone=str(self.get("microphone")),
            speaker=str(self.get("speaker")),
            recents=tuple(link for link in links if link is not None),
            withheld=self._withheld(),
            login_off=not self.may_log_in(),
            images_off=self.get("background_images") is not True or self.is_kiosk,
            stills_off=self.get("still_pictures") is not True or self.is_kiosk,
            locked=frozenset(locked | ({"name"} if account and "name_from_account" in locked else set())),
            joins_without=frozenset(
                source for source, key in _OFF_AT_FIRST if self.is_locked(key) and self.get(key) is False
            ),
            sound=SoundWishes(
                echo=self.get("echo_cancellation") is True,
                noise=self.get("noise_suppression") is True,
                gain=self.get("automatic_gain") is True,
                original=self.get("original_sound") is True,
                strong=self._noise_is_strong(),
            ),
            ringer=str(self.get("ringer")),
            headset_buttons=self.get("headset_buttons") is True,
            look=Look(
                self._background(),
                PictureQuality(self.get("camera_quality")),
                self.get("camera_brighten") is True,
                str(self.get("camera_still")),
            ),
        )

    @property
    def is_kiosk(self) -> bool:
        """Whether this is a computer for everybody."""
        return self.get("kiosk") is True

    def may_log_in(self) -> bool:
        """Whether anybody logs in at a server; nobody does at a computer for everybody."""
        return self.get("login") is True and not self.is_kiosk

    def may_offer_browser(self) -> bool:
        """Whether a web browser may be offered for meetings that cannot be joined here."""
        return self.get("browser_for_others") is True and not self.is_kiosk

    def only_link(self) -> str:
        """The one link that may be opened, "" where any may."""
        return str(self.get("kiosk_link")) if self.is_kiosk else ""

    def _name_of_account(self) -> str:
        """The name of the directory where it is to be used, "" where it is not or there is none."""
        if self.get("name_from_account") is not True or self.is_locked("name"):
            return ""
        return self._account_name() if self.is_locked("name_from_account") or not self.get("name") else ""

    def _noise_is_strong(self) -> bool:
        """Whether that is wished and can be had."""
        if self.get("strong_noise_suppression") is not True:
            return False
        from visio_desktop.system.extras import has_strong_noise  # noqa: PLC0415 - most starts need none of it

        return has_strong_noise()

    def _background(self) -> str:
        """What is put behind oneself; a picture only where that is allowed, or decided itself."""
        chosen = str(self.get("camera_background"))
        allowed = (self.get("background_images") is True and not self.is_kiosk) or self.is_locked("camera_background")
        return chosen if allowed or not is_image(chosen) else BLUR

    def _withheld(self) -> Capability:
        """What is done without, whatever a server can do."""
        sharing = Capability.NONE if self.get("screen_share") is True else Capability.SCREEN_SHARE
        return sharing | (Capability.NONE if self.get("recording") is True else _RECORDING)

    def _other_recents(self, link: str) -> tuple[str, ...]:
        return tuple(text for text in self.texts("recents") if text != link)

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
