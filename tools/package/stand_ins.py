"""Libraries that something is linked with and never calls: in the bundle stands one of the same name that is empty.

OpenCV's wheel for Linux is linked with an FFmpeg of its own, for films, and that with libvpx and with OpenSSL 1.1.1,
which nobody mends any more; its AVIF with libaom. We open cameras through Video4Linux, and pictures as JPEG, PNG and
WebP. What stands in exports the names that are asked for; each ends the program and says why, so that a call nobody
knew of is seen, not guessed at. Libraries that only those asked for are left out with them.
"""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tools.package import elf
from tools.shell import SetUpError, must_run
from tools.supply.natives import STANDS_IN

FOLDER: Final = "opencv_python_headless.libs"
LIBRARIES: Final = ("libavcodec-", "libavformat-", "libavutil-", "libswscale-", "libaom-")
_LISTS: Final = "opencv_python_headless-*.dist-info/sboms/*.json"
_FUNCTIONS: Final = frozenset("TWi")
_DEFINED: Final = re.compile(r"^[0-9a-f]+ (\w) (\w+)(?:@@?(\w+))?$")
_ASKED: Final = re.compile(r"^ +[Uw] (\w+)(?:@(\w+))?$")


@dataclass(frozen=True, slots=True, order=True)
class Symbol:
    """A name that one library has for others; `version` is "" where it has none."""

    name: str
    version: str = ""


def stand_in(site: Path) -> None:
    """Put empty libraries in place of those named above, below `site-packages`. Raises `SetUpError`."""
    folder = site / FOLDER
    replaced = [path for path in sorted(folder.iterdir()) if path.name.startswith(LIBRARIES)]
    if len(replaced) != len(LIBRARIES):
        raise SetUpError(f"{FOLDER} holds other libraries than before: {[path.name for path in replaced]}")
    packages = [*elf.libraries(site / "cv2"), *folder.glob("*.so*")]
    before = elf.needed(packages)
    wanted = {path: exported(path, [u for u in packages if path.name in before[u]], set(replaced)) for path in replaced}
    for path, symbols in wanted.items():
        write(path, symbols)
    gone = orphans(folder, elf.needed(packages))
    for path in gone:
        path.unlink()
    for path in site.glob(_LISTS):
        path.write_text(without(path.read_text(encoding="utf-8"), gone), encoding="utf-8")


def exported(library: Path, users: Iterable[Path], replaced: set[Path]) -> list[Symbol]:
    """What others that stay ask of a library. Raises `SetUpError` where that is no function."""
    kinds = read_defined(_nm("--defined-only", library))
    asked = {symbol for user in users if user not in replaced for symbol in read_asked(_nm("--undefined-only", user))}
    wanted = sorted(asked & kinds.keys())
    if data := [symbol.name for symbol in wanted if kinds[symbol] not in _FUNCTIONS]:
        raise SetUpError(f"{library.name} is asked for data, nothing can stand in for it: {data}")
    return wanted


def read_defined(text: str) -> dict[Symbol, str]:
    """The names that a library has, and what they are, out of what `nm -D --with-symbol-versions` prints."""
    found = (_DEFINED.match(line) for line in text.splitlines())
    return {Symbol(row[2], row[3] or ""): row[1] for row in found if row is not None}


def read_asked(text: str) -> set[Symbol]:
    """The names that a library asks others for, out of the same."""
    found = (_ASKED.match(line) for line in text.splitlines())
    return {Symbol(row[1], row[2] or "") for row in found if row is not None}


def source(library: str, symbols: Iterable[Symbol]) -> str:
    """A library in C, in which every function is the same one."""
    told = f"visio-desktop: {STANDS_IN} {library}, which was not to be called\\n"
    names = "".join(f'void {symbol.name}(void) __attribute__((alias("ended")));\n' for symbol in symbols)
    return (
        "#include <stdlib.h>\n#include <unistd.h>\n"
        f'static const char told[] = "{told}";\n'
        "__attribute__((used)) static void ended(void)\n"
        "{\n    if (write(2, told, sizeof told - 1)) abort();\n    abort();\n}\n"
        f"{names}"
    )


def version_script(symbols: Iterable[Symbol]) -> str:
    """What the linker is told of the names' versions."""
    by_version: dict[str, list[str]] = {}
    for symbol in symbols:
        by_version.setdefault(symbol.version, []).append(symbol.name)
    rows = [
        f"{version} {{ global: {' '.join(f'{name};' for name in names)} local: *; }};"
        for version, names in sorted(by_version.items())
    ]
    return "".join(f"{row.strip()}\n" for row in rows or ["{ local: *; };"])


def write(library: Path, symbols: list[Symbol]) -> None:
    """The empty library in place of this one. Raises `SetUpError`."""
    with tempfile.TemporaryDirectory() as name:
        code, script = Path(name) / "stand_in.c", Path(name) / "stand_in.map"
        code.write_text(source(library.name, symbols), encoding="ascii")
        script.write_text(version_script(symbols), encoding="ascii")
        library.unlink()
        links = (f"-Wl,-soname,{library.name}", f"-Wl,--version-script={script}", "-Wl,--build-id=none", "-Wl,-z,now")
        must_run(["gcc", "-O2", "-Wall", "-Wextra", "-Werror", "-fPIC", "-shared", "-s", *links, "-o", library, code])


def orphans(folder: Path, asked: Mapping[Path, set[str]]) -> list[Path]:
    """The libraries of a folder that nobody asks for any more, nor those that ask for them."""
    kept = elf.closure((path for path in asked if path.parent != folder), asked)
    return sorted(path for path in asked if path.parent == folder and path not in kept)


def without(text: str, gone: Iterable[Path]) -> str:
    """The wheel's own list of parts (CycloneDX) without the packages that those libraries came from."""
    content = json.loads(text)
    names = {name for path in gone for name in _FROM.get(path.name.partition("-")[0], ())}
    content["components"] = [part for part in content.get("components", []) if part.get("name") not in names]
    return json.dumps(content, indent=1, sort_keys=True) + "\n"


_FROM: Final = {"libcrypto": ("openssl-libs",), "libssl": ("openssl-libs",), "libdrm": ("libdrm",)}


def _nm(which: str, library: Path) -> str:
    command = ["nm", "-D", "--with-symbol-versions", which, str(library)]
    return subprocess.run(command, check=True, capture_output=True, text=True, env={"PATH": "/usr/bin"}).stdout
