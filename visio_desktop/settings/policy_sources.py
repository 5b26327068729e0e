"""Where this system keeps policies. They are read once, at the start, in a thread: a change holds from the next on."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

from visio_desktop.settings.policies import Found, Policies, resolve
from visio_desktop.system.log import get_logger

FOLDER: Final = Path("/etc/visio-desktop")
PREFERENCES: Final = Path("/Library/Managed Preferences")
BUNDLE: Final = "org.visio-desktop.VisioDesktop"
_log = get_logger(__name__)


def read_policies(platform: str = sys.platform, folder: Path = FOLDER) -> Policies:
    """What the organisation has decided for this machine and person. Blocks; told in the log."""
    policies = resolve((_found(platform, folder),))
    if policies.active:
        _log.info("policies_active", names=sorted(each.setting.policy for each in policies.active.values()))
        _tell_idle(policies)
    for ignored in policies.ignored:
        _log.warning("policy_ignored", source=ignored.source, name=ignored.name, why=ignored.why.value)
    return policies


def _tell_idle(policies: Policies) -> None:
    from visio_desktop.settings.listing import has_effect  # noqa: PLC0415 - not needed where nothing is decided

    for active in policies.active.values():
        if active.value is True and not has_effect(active.setting.key):
            _log.warning("policy_without_effect", name=active.setting.policy)


def _found(platform: str, folder: Path) -> Found:
    # What one system needs is not loaded on the others.
    match platform:
        case "win32":
            from visio_desktop.settings.policy_registry import WindowsRegistry, read_registry  # noqa: PLC0415

            return read_registry(WindowsRegistry())
        case "darwin":
            from getpass import getuser  # noqa: PLC0415

            from visio_desktop.settings.policy_files import read_property_lists  # noqa: PLC0415

            name = f"{BUNDLE}.plist"
            return read_property_lists((PREFERENCES / name, PREFERENCES / getuser() / name))
        case _ if folder.is_dir():
            from visio_desktop.settings.policy_files import read_folder  # noqa: PLC0415

            return read_folder(folder)
        case _:
            return Found()


class Reading:
    """Reads in a thread from the moment it is made; `policies` waits for it, as nothing may be decided before."""

    def __init__(self, read: Callable[[], Policies] = read_policies) -> None:
        self._read = read
        self._policies: Policies | None = None
        self._thread = threading.Thread(target=self._run, name="policies", daemon=True)
        self._thread.start()

    def policies(self) -> Policies:
        """What the organisation has decided; from any thread. What ended the thread is raised here anew."""
        self._thread.join()
        if self._policies is None:
            self._policies = self._read()
        return self._policies

    def _run(self) -> None:
        self._policies = self._read()
