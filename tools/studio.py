"""The WHIP and WHEP servers of the tests: Debian's simple-whip-server and janus-whep-server, in `.cache/studio/`.

Debian's package of the first asks for Node packages newer than it works with; its own files run with older ones.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from tools.shell import CACHE, ROOT, fetch_package, must_run, say

FOLDER = CACHE / "studio"
_SOURCE = ROOT / "tests" / "studio"
_FILES = {"whip": ("package.json", "package-lock.json"), "whep": ("package.json", "package-lock.json", "server.js")}
SERVER_FILES = ("server.js", "whip-janus.js")
"""Its own; beside them it wants a `config.js`."""
# Built by a compiler when installed, loaded in any case, and used for sockets of another kind than ours.
_NATIVE, _NO_NATIVE = "node_modules/unix-dgram/lib/unix_dgram.js", "exports.createSocket = undefined;\n"
_PACKAGE = "simple-whip-server"


def is_there() -> bool:
    """Whether both can be started."""
    return all((FOLDER / name / "ready").exists() for name in _FILES)


def set_up() -> Path:
    """Install both unless nothing has changed; raises `SetUpError`."""
    for name, files in _FILES.items():
        wanted = b"".join((_SOURCE / name / file).read_bytes() for file in files)
        stamp = FOLDER / name / "ready"
        if stamp.exists() and stamp.read_bytes() == wanted:
            continue
        say(f"installing a {name.upper()} server for the tests")
        stamp.unlink(missing_ok=True)
        stamp.parent.mkdir(parents=True, exist_ok=True)
        for file in files:
            shutil.copyfile(_SOURCE / name / file, stamp.parent / file)
        quietly = ("--silent", "--no-audit", "--no-fund", "--ignore-scripts", "--omit=optional")
        must_run(["npm", "ci", *quietly], cwd=stamp.parent)
        if name == "whip":
            _unpack(stamp.parent)
        else:
            (stamp.parent / _NATIVE).write_text(_NO_NATIVE, encoding="utf-8")
        stamp.write_bytes(wanted)
    return FOLDER


def _unpack(folder: Path) -> None:
    """Put the server's own files of Debian's package into a folder."""
    with tempfile.TemporaryDirectory(dir=CACHE) as name:
        must_run(["dpkg", "-x", fetch_package(_PACKAGE, Path(name)), Path(name) / "x"])
        for file in SERVER_FILES:
            shutil.copyfile(Path(name) / "x/usr/share" / _PACKAGE / "src" / file, folder / file)
