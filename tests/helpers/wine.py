"""A Windows of its own, as far as wine is one, with what wine 8 lacks (`tests/packages/wine`)."""

from __future__ import annotations

import os
import re
import subprocess
import zipfile
from pathlib import Path
from types import TracebackType
from typing import Self

from tools.package import maven
from tools.package.windows_launcher import COMPILER, need_compiler
from tools.shell import ROOT, install_packages, must_run

PROGRAM = Path("/usr/lib/wine/wine64")
SERVER = PROGRAM.with_name("wineserver64")
SHIMS = ROOT / "tests" / "packages" / "wine"
_UCRT = "org/bytedeco/javacpp/windows-x86_64/ucrtbase.dll"
_VALUE = re.compile(r"^ {4}(.+?) {4}(REG_\w+) {4}(.*)$")
_LONGEST_S = 900


class Wine:
    """One Windows, in a folder; used with `with`."""

    def __init__(self, folder: Path) -> None:
        self.drive = folder / "drive_c"
        self._environment = {
            **{name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")},
            "WINEPREFIX": str(folder),
            "WINEDEBUG": "-all",
            "WINEDLLOVERRIDES": "ucrtbase=n,b;wbemprox=;winemenubuilder.exe=d;mscoree=;mshtml=",
            "WINEQT_QPA_PLATFORM": "offscreen",  # as QT_QPA_PLATFORM it would be kept from programs of Windows
        }

    def __enter__(self) -> Self:
        if not PROGRAM.exists():
            install_packages(["wine64"])
        need_compiler()
        self.must("wineboot", "-i")
        system = self.drive / "windows" / "system32"
        for source, library in ((SHIMS / "bcryptprimitives.c", "advapi32"), (SHIMS / "icuuc.c", "kernel32")):
            must_run([COMPILER, "-shared", "-o", system / f"{source.stem}.dll", source, f"-l{library}"])
        with zipfile.ZipFile(maven.fetch(maven.JAVACPP, "windows-x86_64")) as jar:
            (system / "ucrtbase.dll").write_bytes(jar.read(_UCRT))
        self.must("winecfg", "-v", "win10")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        subprocess.run([SERVER, "-k"], check=False, env=self._environment, timeout=_LONGEST_S)

    def run(self, *words: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        """A program of Windows, to its end. Its output goes through a pipe: wine's Python refuses files."""
        return subprocess.run(
            [PROGRAM, *words],
            cwd=cwd or (self.drive if self.drive.exists() else ROOT),  # not wherever there is a /proc
            env=self._environment,
            check=False,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_LONGEST_S,
        )

    def python(self, script: Path, *words: str, packages: str) -> subprocess.Popen[str]:
        """Python for Windows, spoken with through pipes; `packages` is where it finds modules, as Windows names it."""
        home = maven.cpython("windows-x86_64")
        found = {"PYTHONHOME": f"Z:{home}".replace("/", "\\"), "PYTHONPATH": packages, "PYTHONDONTWRITEBYTECODE": "1"}
        return subprocess.Popen(
            [PROGRAM, home / "python.exe", script, *words],
            cwd=self.drive,
            env=self._environment | found,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def must(self, *words: str | Path, cwd: Path | None = None) -> str:
        """What a program of Windows prints that has to succeed."""
        done = self.run(*words, cwd=cwd)
        assert done.returncode == 0, f"{words}: {done.returncode} {done.stdout[-1000:]} {done.stderr[-1000:]}"
        return done.stdout

    def registry(self, key: str) -> dict[str, str]:
        """The values below a key of the machine, as `SUBKEY\\NAME`; none where there is no such key."""
        whole = f"HKEY_LOCAL_MACHINE\\{key}"
        found, at = dict[str, str](), ""
        for line in self.run("reg", "query", whole, "/s").stdout.replace("\r", "").splitlines():
            if line.startswith("HKEY_"):
                at = line.removeprefix(whole).removeprefix("\\")
            elif row := _VALUE.match(line):
                found[f"{at}\\{row[1]}".removeprefix("\\")] = row[3]
        return found

    def install(self, msi: Path, *words: str, action: str = "/i") -> int:
        """Windows Installer, silently; its exit status as far as wine hands it on (the lowest eight bits)."""
        return self.run("msiexec", action, msi, "/qn", *words).returncode
