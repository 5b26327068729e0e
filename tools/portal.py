"""The desktop's portal for the tests, and its backend for sway: Debian's, unpacked in `.cache/portal/`.

They are not installed: an installed portal is started by every message bus that is asked for one, those of other tests
among them.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from tools.shell import CACHE, SetUpError, become_root, must_run, run, say

FOLDER = CACHE / "portal"
_PACKAGES = ("xdg-desktop-portal", "xdg-desktop-portal-wlr")
_READY = FOLDER / "ready"


def set_up() -> Path:
    """Unpack both with the libraries that are missing, unless they are there; raises `SetUpError`."""
    if _READY.exists():
        return FOLDER
    prefix = become_root()
    if prefix is None:
        raise SetUpError(f"these packages cannot be fetched without root's rights: {' '.join(_PACKAGES)}")
    say("fetching a desktop's portal for the tests")
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as name:
        _unpack(Path(name), prefix)
    _READY.touch()
    return FOLDER


def _unpack(archives: Path, prefix: Sequence[str]) -> None:
    (archives / "partial").mkdir()
    settings = (f"Dir::Cache::archives={archives}", "APT::Sandbox::User=root", "DPkg::Lock::Timeout=300")
    apt = [*prefix, "apt-get", "-qq", *(part for each in settings for part in ("-o", each))]
    fetch = [*apt, "install", "-y", "--no-install-recommends", "--reinstall", "--download-only", *_PACKAGES]
    if run(fetch):
        run([*apt, "update"])
        must_run(fetch)
    for package in sorted(archives.glob("*.deb")):
        must_run(["dpkg", "-x", package, FOLDER])
