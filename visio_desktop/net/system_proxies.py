"""What this computer's own settings say of proxies, beyond what Python's library reads.

The environment (`https_proxy`, `no_proxy`) comes first, as everywhere. Then the address of a PAC script: GNOME's and
KDE's settings, Windows' registry, macOS' system configuration; GNOME's and KDE's proxies chosen by hand too. Proxies by
hand of Windows and macOS are what `proxies.system_proxy` reads. A script is not searched for in the network (WPAD).
"""

from __future__ import annotations

import asyncio
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Final

from visio_desktop.net.proxies import Proxy, asks_the_desktop, parse_proxy
from visio_desktop.system.clock import Clock, monotonic_ms
from visio_desktop.system.log import get_logger

KEPT_MS: Final = 60_000.0
_COMMAND_S: Final = 3.0
_MOST_CHARACTERS: Final = 20_000
_GNOME: Final = "org.gnome.system.proxy"
_KDE_MANUAL, _KDE_PAC = "1", "2"
_WINDOWS_KEY: Final = r"Software\Microsoft\Windows\CurrentVersion\Internet Settings"
_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class SystemSettings:
    """`pac_url` is a script's address; `proxy` the one chosen by hand, for all hosts but the `exceptions`."""

    pac_url: str = ""
    proxy: Proxy | None = None
    exceptions: tuple[str, ...] = ()

    def proxy_for(self, host: str) -> Proxy | None:
        """The proxy chosen by hand, None for hosts that are to be reached directly."""
        return None if any(_matches(host, exception) for exception in self.exceptions) else self.proxy


NOTHING: Final = SystemSettings()
type Run = Callable[[tuple[str, ...]], str]


class SystemProxies:
    """Reads the settings when they are asked for, and anew after a while."""

    def __init__(self, read: Callable[[], SystemSettings], clock: Clock = monotonic_ms) -> None:
        self._read = read
        self._clock = clock
        self._kept: tuple[float, SystemSettings] | None = None

    async def settings(self) -> SystemSettings:
        """The settings as they are."""
        now_ms = self._clock()
        if self._kept is None or now_ms - self._kept[0] > KEPT_MS:
            self._kept = now_ms, await asyncio.to_thread(self._read)
        return self._kept[1]


def run_command(command: tuple[str, ...]) -> str:
    """What a program of the system says, "" where it is not there, fails or takes too long. Blocking."""
    if shutil.which(command[0]) is None:
        return ""
    try:
        done = subprocess.run(  # noqa: S603 - the system's own programs, without anything from outside
            command, check=False, capture_output=True, text=True, errors="replace", timeout=_COMMAND_S
        )
    except (OSError, subprocess.SubprocessError) as error:
        _log.info("proxy_settings_unreadable", error=type(error).__name__)
        return ""
    return done.stdout[:_MOST_CHARACTERS]


def read(  # noqa: PLR0911 - one for each kind of system
    environment: Mapping[str, str], home: Path, platform: str = sys.platform, run: Run = run_command
) -> SystemSettings:
    """The settings of this computer. Blocking."""
    if not asks_the_desktop(environment, platform):
        return NOTHING
    if environment.get("auto_proxy"):
        return SystemSettings(environment["auto_proxy"])
    desktop = environment.get("XDG_CURRENT_DESKTOP", "")
    match platform:
        case "win32":
            return SystemSettings(_from_registry())
        case "darwin":
            return _from_scutil(run(("scutil", "--proxy")))
        case _ if "KDE" in desktop:
            return _from_kde(Path(environment.get("XDG_CONFIG_HOME") or home / ".config") / "kioslaverc")
        case _ if desktop:
            return _from_gnome(run(("gsettings", "list-recursively", _GNOME)))
        case _:
            return NOTHING


def _from_gnome(said: str) -> SystemSettings:
    values: dict[str, str] = {}
    for line in said.splitlines():
        schema, _, rest = line.strip().partition(" ")
        name, _, value = rest.partition(" ")
        values[f"{schema.removeprefix(_GNOME).lstrip('.')} {name}".strip()] = value
    match values.get("mode", "").strip("'"):
        case "auto":
            return SystemSettings(values.get("autoconfig-url", "").strip("'"))
        case "manual":
            kinds = (("https", ""), ("socks", "socks5://"))
            places = (
                f"{scheme}{host}:{values.get(f'{kind} port', '')}"
                for kind, scheme in kinds
                if (host := values.get(f"{kind} host", "").strip("'"))
            )
            exceptions = tuple(re.findall(r"'([^']+)'", values.get("ignore-hosts", "")))
            return SystemSettings(proxy=parse_proxy(next(places, "")), exceptions=exceptions)
        case _:
            return NOTHING


def _from_kde(path: Path) -> SystemSettings:
    import configparser  # noqa: PLC0415 - few desktops need it

    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read_string(path.read_text(encoding="utf-8")[:_MOST_CHARACTERS])
        found = dict(parser["Proxy Settings"])
    except (OSError, ValueError, KeyError, configparser.Error):
        return NOTHING
    match found.get("proxytype"):
        case kind if kind == _KDE_PAC:
            return SystemSettings(found.get("proxy config script", ""))
        case kind if kind == _KDE_MANUAL:
            chosen = found.get("httpsproxy") or found.get("socksproxy", "")
            place = ":".join(chosen.removesuffix("/").rsplit(" ", 1))
            exceptions = tuple(filter(None, re.split(r"[,\s]+", found.get("noproxyfor", ""))))
            return SystemSettings(proxy=parse_proxy(place), exceptions=exceptions)
        case _:
            return NOTHING


def _from_scutil(said: str) -> SystemSettings:
    values = dict(re.findall(r"^\s*(\w+) : (.+?)\s*$", said, re.MULTILINE))
    return SystemSettings(
        values.get("ProxyAutoConfigURLString", "") if values.get("ProxyAutoConfigEnable") == "1" else ""
    )


def _from_registry() -> str:
    if sys.platform != "win32":
        return ""
    import winreg  # noqa: PLC0415 - there on Windows only

    try:
        with winreg.OpenKey(winreg.HKEY_CURRENT_USER, _WINDOWS_KEY) as key:
            return str(winreg.QueryValueEx(key, "AutoConfigURL")[0])
    except OSError:
        return ""


def _matches(host: str, exception: str) -> bool:
    """Whether an exception means this host: a name with all below it, an address, or a network."""
    try:
        return ip_address(host) in ip_network(exception, strict=False)
    except ValueError:
        name = exception.lower().lstrip("*").lstrip(".")
        return bool(name) and (host.lower() == name or host.lower().endswith(f".{name}"))
