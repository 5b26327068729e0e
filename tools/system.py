"""The system libraries and programs we need, and the Debian packages that bring them."""

from __future__ import annotations

import os
import shutil
import subprocess

from tools.shell import SetUpError, install_packages, say

# The window and the sound: what Qt's platform plugins and sounddevice load.
LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libXrandr.so.2": "libxrandr2",
    "libdbus-1.so.3": "libdbus-1-3",
    "libdrm.so.2": "libdrm2",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libportaudio.so.2": "libportaudio2",
    "libpulse.so.0": "libpulse0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-glx.so.0": "libxcb-glx0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxkbcommon.so.0": "libxkbcommon0",
    # What the login program's web engine loads beside these.
    "libXcomposite.so.1": "libxcomposite1",
    "libXdamage.so.1": "libxdamage1",
    "libXtst.so.6": "libxtst6",
    "libgbm.so.1": "libgbm1",
    "libnspr4.so": "libnspr4",
    "libnss3.so": "libnss3",
    "libxkbfile.so.1": "libxkbfile1",
}
# What tests, benchmarks and the demo without a display start.
DISPLAY_PROGRAMS = {"Xvfb": "xvfb"}
TEST_PROGRAMS = {
    **DISPLAY_PROGRAMS,
    "chromium": "chromium",
    "dbus-daemon": "dbus-daemon",
    "gio": "libglib2.0-bin",
    "pulseaudio": "pulseaudio",
    "ip": "iproute2",
    "janus": "janus",
    "npm": "npm",
    "pipewire": "pipewire",
    "pw-link": "pipewire-bin",
    "qemu-system-x86_64": "qemu-system-x86",
    "sway": "sway",
    "turnserver": "coturn",
    "wireplumber": "wireplumber",
}
# A Kerberos realm for the proxy's sake.
KERBEROS_PACKAGES = ("krb5-kdc", "krb5-admin-server", "krb5-user", "python3-gssapi")
_KERBEROS_PROBE = ("/usr/bin/python3", "-c", "import gssapi")
# What reads our windows as a screen reader does, and presses keys.
SCREEN_READER_PACKAGES = ("at-spi2-core", "dbus-daemon", "gir1.2-atspi-2.0", "libxtst6", "python3-gi")
_SCREEN_READER_PROBE = ("/usr/bin/python3", "-c", "import gi; gi.require_version('Atspi', '2.0')")


def missing_libraries(libraries: dict[str, str] | None = None) -> list[str]:
    """The packages of the libraries that the loader does not know; of those above where no others are named."""
    ldconfig = shutil.which("ldconfig", path="/usr/sbin:/sbin:/usr/bin")
    if ldconfig is None:
        return []
    known = subprocess.run([ldconfig, "-p"], check=True, capture_output=True, text=True).stdout
    names = {line.split()[0] for line in known.splitlines()[1:] if line.strip()}
    return [package for library, package in (libraries or LIBRARIES).items() if library not in names]


def need_programs(programs: dict[str, str]) -> None:
    """Install the programs that are not there; raises `SetUpError`."""
    path = ":".join(p for p in (os.environ.get("PATH"), "/usr/sbin", "/sbin") if p)
    if missing := [package for program, package in programs.items() if not shutil.which(program, path=path)]:
        install_packages(missing)


def need_screen_reader() -> None:
    """Install what reads windows where the system's Python cannot; raises `SetUpError`."""
    try:
        there = subprocess.run(_SCREEN_READER_PROBE, check=False, capture_output=True).returncode == 0
    except OSError:
        there = False
    if not there or not shutil.which("dbus-daemon"):
        install_packages(SCREEN_READER_PACKAGES)


def need_kerberos() -> None:
    """Install a Kerberos realm's programs where they are missing; raises `SetUpError`."""
    path = ":".join(p for p in (os.environ.get("PATH"), "/usr/sbin", "/sbin") if p)
    programs = ("krb5kdc", "kadmin.local", "kinit")
    try:
        there = subprocess.run(_KERBEROS_PROBE, check=False, capture_output=True).returncode == 0
    except OSError:
        there = False
    if not there or not all(shutil.which(program, path=path) for program in programs):
        install_packages(KERBEROS_PACKAGES)


def main() -> int:
    """Install what is missing; a machine we may not change is told what to install."""
    if not (missing := missing_libraries()):
        return 0
    try:
        install_packages(missing)
    except SetUpError as error:
        # Checks and unit tests do without; a window that cannot open says so by itself.
        say(str(error))
    return 0
