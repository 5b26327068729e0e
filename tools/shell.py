"""Running other programs, and saying what is going on."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache"
ARTIFACTS = ROOT / "artifacts"


class SetUpError(Exception):
    """Something is missing that we cannot supply; the message says what to do."""


def say(text: str) -> None:
    """Tell the person at the terminal."""
    sys.stderr.write(f"dev: {text}\n")
    sys.stderr.flush()


def run(command: Sequence[str | Path], *, cwd: Path = ROOT, env: Mapping[str, str] | None = None) -> int:
    """Run a program in the foreground and answer its exit status."""
    return subprocess.run([*map(str, command)], cwd=cwd, env={**os.environ, **(env or {})}, check=False).returncode


def must_run(command: Sequence[str | Path], *, cwd: Path = ROOT, env: Mapping[str, str] | None = None) -> None:
    """Run a program that has to succeed; raises `SetUpError`."""
    if run(command, cwd=cwd, env=env) != 0:
        raise SetUpError(f"failed: {' '.join(map(str, command))}")


def uv() -> str:
    """The uv that `./dev` set up with."""
    for candidate in ("uv", str(CACHE / "uv/bin/uv")):
        try:
            if subprocess.run([candidate, "--version"], check=False, capture_output=True).returncode == 0:
                return candidate
        except FileNotFoundError:
            continue
    raise SetUpError("please install uv, then try again")


def become_root() -> list[str] | None:
    """The prefix that gives root's rights without asking anybody, None without such a way."""
    if os.geteuid() == 0:
        return []
    if (
        shutil.which("sudo")
        and subprocess.run(["sudo", "-n", "true"], check=False, capture_output=True).returncode == 0
    ):
        return ["sudo", "-n"]
    return None


def install_packages(packages: Sequence[str]) -> None:
    """Install packages through apt; raises `SetUpError` naming them where that cannot be done."""
    names = " ".join(packages)
    prefix = become_root()
    if prefix is None or not shutil.which("apt-get"):
        raise SetUpError(f"please install these system packages (their Debian names), then try again: {names}")
    say(f"installing {names}")
    apt = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-o", "Dpkg::Use-Pty=0"]
    run([*apt, "update"])
    if subprocess.run(
        [*apt, "install", "-y", "--no-install-recommends", *packages], check=False, stdout=subprocess.DEVNULL
    ).returncode:
        raise SetUpError(f"these system packages could not be installed: {names}")


def fetch_package(name: str, folder: Path) -> Path:
    """Download a Debian package without installing it; raises `SetUpError`."""
    if not _download(name, folder):
        refresh_packages()
        if not _download(name, folder):
            raise SetUpError(f"the package {name} could not be downloaded")
    return next(folder.glob(f"{name}_*.deb"))


def refresh_packages() -> None:
    """Have apt look for the packages there are now."""
    run([*(become_root() or []), "apt-get", "-qq", "update"])


def _download(name: str, folder: Path) -> bool:
    # apt's own user may not look into our folders, which it says on standard error and then does without.
    asked = ["apt-get", "-qq", "download", name]
    return subprocess.run(asked, cwd=folder, check=False, capture_output=True).returncode == 0
