"""CPython for the bundle, from Maven Central: the same build for Linux, Windows and macOS (decision 26)."""

from __future__ import annotations

import hashlib
import shutil
import zipfile
from pathlib import Path
from typing import Final

from tools.package.base import WORK
from tools.shell import SetUpError, must_run, say
from tools.system import need_programs

VERSION: Final = "3.13.5"
MINOR: Final = "3.13"
CPYTHON: Final = "cpython:3.13.5-1.5.12"
JAVACPP: Final = "javacpp:1.5.12"
"""Brings Microsoft's C library, with which the Windows bundle is tried where there is no Windows."""

_INSIDE: Final = "org/bytedeco/cpython"
_SHA256: Final = {
    "cpython-3.13.5-1.5.12-linux-x86_64": "50ad91aa0baa57f0235bb666b87d8bf2a44e215d28c250de1030502906af143b",
    "cpython-3.13.5-1.5.12-macosx-arm64": "b9ccb29cafe9c0f9bf341fa1573ac0f112d3557c13c398115ab91926091fdc0a",
    "cpython-3.13.5-1.5.12-windows-x86_64": "cfe5502ffa7ea369be707b6d88bf68344732a7800450665080fb4267c01bfeae",
    "javacpp-1.5.12-windows-x86_64": "282ac3f7a9296fa1184af490a1e56386e511775d41a675967d33746afc72103d",
}


def cpython(classifier: str) -> Path:
    """The unpacked CPython for a system ("linux-x86_64"), fetched unless it is here. Raises `SetUpError`."""
    folder = WORK / "cpython" / f"{VERSION}-{classifier}"
    if not folder.exists():
        part = folder.with_name(f"{folder.name}.part")
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        with zipfile.ZipFile(fetch(CPYTHON, classifier)) as jar:
            jar.extractall(part, [name for name in jar.namelist() if name.startswith(f"{_INSIDE}/{classifier}/")])
        (part / _INSIDE / classifier).replace(folder)
        shutil.rmtree(part)
    return folder


def fetch(artifact: str, classifier: str) -> Path:
    """An archive of Bytedeco's ("name:version") for a system, fetched unless it is here. Raises `SetUpError`."""
    name = f"{artifact.replace(':', '-')}-{classifier}"
    jar = WORK / "maven" / f"{name}.jar"
    if not jar.exists():
        need_programs({"mvn": "maven"})
        say(f"fetching {name}")
        copy = ["mvn", "-q", "-B", "dependency:copy", f"-Dartifact=org.bytedeco:{artifact}:jar:{classifier}"]
        must_run([*copy, f"-DoutputDirectory={jar.parent}", "-Dmdep.useBaseVersion=true"])
    found = hashlib.sha256(jar.read_bytes()).hexdigest()
    if found != _SHA256[name]:
        jar.unlink()
        raise SetUpError(f"{jar.name} is not what it should be: its sha256 is {found}")
    return jar
