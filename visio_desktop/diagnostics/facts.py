"""What a helpdesk asks first: versions, system, display, what is decided and chosen, devices, proxies, last problem.

Lines of `name: value`, in English wherever it runs, as they are read by those who help. No secrets: proxies without
their logins, of settings only those that hold nothing of a person.
"""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, version

from visio_desktop import __version__
from visio_desktop.meeting.values import Device, Problem
from visio_desktop.settings.listing import order
from visio_desktop.settings.policies import Policies, shown
from visio_desktop.settings.schema import SCHEMA, Kind, Value
from visio_desktop.settings.store import Settings

_LIBRARIES = ("PySide6-Essentials", "aiortc", "aioice", "av", "opencv-python-headless", "numpy", "aiohttp", "livekit")
_PROXIES = ("https_proxy", "HTTPS_PROXY", "http_proxy", "all_proxy", "no_proxy", "NO_PROXY")
_TOLD = (Kind.CHOICE, Kind.SWITCH, Kind.NUMBER, Kind.PORTS, Kind.KEYS, Kind.CHOICES, Kind.COLOUR)


def facts(
    settings: Settings,
    seen: Mapping[str, str],
    devices: Iterable[Device] = (),
    problem: Problem | None = None,
    environ: Mapping[str, str] = os.environ,
    encoders: Iterable[str] = (),
) -> str:
    """The lines. `seen` is what only the window knows: its Qt, its display; `encoders` are lines as they are."""
    lines = [
        f"program: visio-desktop {__version__}",
        f"python: {platform.python_version()} ({sys.implementation.name}, {platform.machine()})",
        f"system: {platform.platform()}",
        f"session: {environ.get('XDG_SESSION_TYPE', '-')} {environ.get('XDG_CURRENT_DESKTOP', '')}".rstrip(),
        *(f"{name}: {value}" for name, value in seen.items()),
        f"libraries: {', '.join(_libraries())}",
        *_policy_lines(settings.policies()),
        *(f"setting {key}: {_written(value)}" for key, value in _chosen(settings)),
        f"proxy: {settings.get('proxy_mode')} {shown(settings.get('proxy_url'))}".rstrip(),
        *(f"proxy in the environment: {name}={shown(environ[name])}" for name in _PROXIES if environ.get(name)),
        *(f"device {device.kind.value}: {device.name}" for device in devices),
        *encoders,
        f"last problem: {'-' if problem is None else f'{problem.code.value} {problem.subject}'.rstrip()}",
    ]
    return "\n".join(lines) + "\n"


def _libraries() -> Iterable[str]:
    for name in _LIBRARIES:
        try:
            yield f"{name} {version(name)}"
        except PackageNotFoundError:
            continue


def _policy_lines(policies: Policies) -> Iterable[str]:
    for active in order(policies):
        how = "locked" if active.locked else "default"
        yield f"policy {active.setting.policy}: {shown(active.value) or '-'} ({how})"
    if policies.ignored:
        yield f"policies passed over: {len(policies.ignored)}"


def _chosen(settings: Settings) -> Iterable[tuple[str, Value]]:
    """What differs from the default and holds nothing of a person."""
    for setting in SCHEMA.values():
        value = settings.get(setting.key)
        if setting.kind in _TOLD and value != setting.default:
            yield setting.key, value


def _written(value: Value) -> str:
    return shown(value) or "-"
