"""A view of this machine that programs may be installed in: what they write is gone afterwards. Needs root.

    with Apart(tmp_path / "apart") as machine:
        machine.run("dpkg", "-i", "some.deb")
        machine.changed()                                   # what is there that was not there before

/usr, /etc and /var are seen through an overlay that a mount namespace of its own has.
"""

from __future__ import annotations

import os
import stat
import subprocess
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from tests.helpers.needs import need
from tools.shell import become_root

TOPS: Final = ("usr", "etc", "var")
NOBODY: Final = 65534
HOME: Final = "/var/visitor"
NOBODYS: Final = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--no-new-privs")
NOTHING: Final = {"PULSE_SERVER": "unix:/nowhere", "PIPEWIRE_REMOTE": "/nowhere", "QT_QPA_PLATFORM": "offscreen"}
_MOUNT: Final = """
for top in usr etc var; do
    mkdir -p "$1/$top/up" "$1/$top/work"
    chmod 755 "$1/$top/up"
    mount -t overlay overlay -o "lowerdir=/$top,upperdir=$1/$top/up,workdir=$1/$top/work" "/$top"
done
mkdir -m 700 /var/visitor
chown 65534:65534 /var/visitor
echo ready
exec cat
"""
_TIMEOUT_S: Final = 400


class Apart:
    """The view, kept by a process that waits."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._root = become_root()
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        need(self._root is not None, "root, to install packages apart from the system,")
        command = [*(self._root or ()), "unshare", "--mount", "--propagation", "private", "sh", "-ec", _MOUNT, "sh"]
        self._folder.mkdir(parents=True)
        self._process = subprocess.Popen(
            [*command, str(self._folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        ready = self._process.stdout.readline() == "ready\n"
        if not ready:
            said = self._process.communicate()[1].strip()
            need(ready, f"a mount namespace with overlays ({said})")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            self._process.communicate("")

    def command(self, *command: str, env: Mapping[str, str] | None = None) -> list[str]:
        """The words that run a program there as root, with these settings and no others of ours."""
        assert self._process is not None
        inside = [*(self._root or ()), "nsenter", f"--mount=/proc/{self._process.pid}/ns/mnt", "--wd=/", "env", "-i"]
        path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        settings = {"PATH": path, "LC_ALL": "C.UTF-8", "HOME": HOME, "DEBIAN_FRONTEND": "noninteractive", **(env or {})}
        return [*inside, *(f"{key}={value}" for key, value in settings.items()), *command]

    def run(self, *command: str, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        """Run a program there as root and answer what it said, both streams in one; it may fail."""
        return subprocess.run(
            self.command(*command, env=env),
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=_TIMEOUT_S,
        )

    def must(self, *command: str) -> str:
        """Run a program there that has to succeed, and answer what it said."""
        outcome = self.run(*command)
        assert outcome.returncode == 0, f"{command}: {outcome.stdout}"
        return outcome.stdout

    def as_nobody(self, *command: str, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        """Run a program there as somebody who may write nowhere but at home, without display, bus or sound server."""
        return self.run(*NOBODYS, *command, env={**NOTHING, **(env or {})})

    def changed(self) -> set[str]:
        """The files that are there now and were not, or were different; folders do not count."""
        found = set()
        for top in TOPS:
            upper = self._folder / top / "up"
            for folder, _, names in os.walk(upper):
                for path in (Path(folder) / name for name in names):
                    about = path.lstat()
                    if not (stat.S_ISCHR(about.st_mode) and about.st_rdev == 0):  # stands for a file that is gone
                        found.add(f"/{top}/{path.relative_to(upper)}")
        return found
