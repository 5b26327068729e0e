"""The signalling server of Nextcloud Talk for the tests, in `.cache/talk/`.

Debian 12's own (0.4.1) refuses every camera and microphone; its backports have one that works.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from tools.shell import CACHE, SetUpError, must_run, say

BINARY = CACHE / "talk" / "signaling-server"
_PACKAGE = "nextcloud-spreed-signaling"
_PROGRAM = "usr/bin/nextcloud-spreed-signaling-server"
_KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
_FORMAT = "$(CREATED_BY) $(COMPONENT) $(RELEASE) $(REPO_URI)"


def set_up() -> Path:
    """Fetch the server unless it is there; raises `SetUpError`."""
    if not BINARY.exists():
        say("fetching the signalling server of Nextcloud Talk")
        BINARY.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE) as name:
            folder = Path(name)
            _download(folder)
            (package,) = folder.glob("*.deb")
            must_run(["dpkg", "-x", package, folder / "x"])
            part = BINARY.with_suffix(".part")
            shutil.copyfile(folder / "x" / _PROGRAM, part)
            part.chmod(0o755)
            part.replace(BINARY)
    return BINARY


def _download(folder: Path) -> None:
    """Get the package with lists of packages of our own: the machine's stay as they are."""
    release, address = _release()
    sources = folder / "sources.list"
    signed = f"[signed-by={_KEYRING}] " if _KEYRING.exists() else ""
    sources.write_text(f"deb {signed}{address} {release}-backports main\n", encoding="utf-8")
    (folder / "lists/partial").mkdir(parents=True)
    (folder / "cache/archives/partial").mkdir(parents=True)
    settings = {
        "Dir::Etc::SourceList": sources,
        "Dir::Etc::SourceParts": "/dev/null",
        "Dir::State::Lists": folder / "lists",
        "Dir::Cache": folder / "cache",
        "Acquire::Languages": "none",
        "APT::Sandbox::User": "root",
    }
    apt = ["apt-get", "-qq", *(part for name, value in settings.items() for part in ("-o", f"{name}={value}"))]
    must_run([*apt, "update"], cwd=folder)
    must_run([*apt, "-t", f"{release}-backports", "download", _PACKAGE], cwd=folder)


def _release() -> tuple[str, str]:
    """Which Debian this is, and where this machine gets its packages from."""
    try:
        told = subprocess.run(
            ["apt-get", "indextargets", "--format", _FORMAT], check=False, capture_output=True, text=True
        ).stdout
    except OSError:
        told = ""
    for line in told.splitlines():
        kind, component, release, address = (*line.split(), "", "", "", "")[:4]
        if kind == "Packages" and component == "main" and "debian" in address and "-" not in release:
            return release, address
    raise SetUpError(f"{_PACKAGE} comes from Debian's backports; this machine has no packages of Debian")
