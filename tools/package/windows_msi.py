"""`./dev package msi`: the installer for Windows, per machine, silent, with policies as properties (decision 27).

`wixl` writes files, folders, registry and features. What it cannot say is added to the tables afterwards: conditions of
components, properties that survive an upgrade, what Windows is needed at least.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from tools.package import icons, windows_tree
from tools.package.base import PRODUCT, WORK, epoch_s, out, version
from tools.package.finished import finished, now
from tools.package.windows_dates import set_dates
from tools.package.windows_policies import OWN_KEY, Policy, guid
from tools.package.windows_wxs import AUTOSTART, FOLDER, ICON, LOGIN, NEWER, PROGRAM, TREE, Edition, source
from tools.shell import SetUpError
from tools.system import need_programs

PROGRAMS: Final = {"wixl": "wixl", "msibuild": "msitools"}
_HKLM, _RAW_VALUE_64_BIT = 2, 2 | 16
_REGISTRY_KEY_PATH, _TRANSITIVE, _64_BIT = 4, 64, 256
_SET_PROPERTY: Final = 51
_SEQUENCES: Final = ("InstallExecuteSequence", "InstallUISequence")
_SEARCH, _KEEP, _IN_TRANSACTION = 50, 110, 1501
"""When in the sequence: before conditions are looked at, after them, and after the beginning of what can be undone."""

_SECURE: Final = ("WIX_DOWNGRADE_DETECTED", "WIX_UPGRADE_DETECTED", "WINDOWSBUILD")
_FIRST_BUILD: Final = 17763
_TOO_OLD: Final = f"{PRODUCT.name} needs Windows 10, version 1809, or later, on 64 bits."
_IDT: Final = {
    "AppSearch": "Property\tSignature_\ns72\ts72\nAppSearch\tProperty\tSignature_",
    "RegLocator": "Signature_\tRoot\tKey\tName\tType\ns72\ti2\ts255\tS255\tI2\nRegLocator\tSignature_",
    "CustomAction": "Action\tType\tSource\tTarget\ns72\ti2\tS72\tS255\nCustomAction\tAction",
    "LaunchCondition": "Condition\tDescription\ns255\tl255\nLaunchCondition\tCondition",
}


def main(arguments: Sequence[str]) -> int:
    """Build the installer into `dist/`; raises `SetUpError`."""
    parser = argparse.ArgumentParser(prog="./dev package msi")
    parser.add_argument("--of", type=Path, metavar="FOLDER", help="what `./dev package windows` has made, signed since")
    parser.add_argument("--login", action="store_true", help="the component for logging in, to be installed beside it")
    chosen = parser.parse_args(arguments)
    started = now()
    need_installer_tools()
    edition = LOGIN if chosen.login else PROGRAM
    tree = chosen.of or windows_tree.make(with_login=chosen.login)
    msi = out(f"{edition.id}-{version()}-x64.msi")
    build(tree, msi, version(), edition)
    finished(msi, "msi", started)
    return 0


def need_installer_tools() -> None:
    """What installers are made with; raises `SetUpError`."""
    need_programs(PROGRAMS)


def build(tree: Path, msi: Path, number: str, edition: Edition = PROGRAM) -> None:
    """The installer of a folder, as this version. Raises `SetUpError`."""
    own = WORK / "windows-msi" / msi.stem
    shutil.rmtree(own, ignore_errors=True)
    own.mkdir(parents=True)
    (own / ICON).write_bytes(icons.ico())
    (own / TREE).symlink_to(tree.resolve())
    (own / "visio.wxs").write_text(source(tree, number, edition), encoding="utf-8")
    _run(["wixl", "-a", "x64", "-o", "visio.msi", "visio.wxs"], cwd=own, env={**os.environ, "TZ": "UTC"})
    finish(own / "visio.msi", edition, digest(tree))
    set_dates(own / "visio.msi", epoch_s())
    shutil.move(own / "visio.msi", msi)
    shutil.rmtree(own)


def digest(tree: Path) -> str:
    """What tells this content from any other: every file's place and bytes."""
    total = hashlib.sha256()
    for path in sorted(tree.rglob("*")):
        if path.is_file():
            total.update(f"{path.relative_to(tree).as_posix()}\0{path.stat().st_size}\0".encode())
            total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def finish(msi: Path, edition: Edition, content: str) -> None:
    """Add to the tables what `wixl` cannot say. Raises `SetUpError`."""
    files = []
    for name, rows in tables(edition.policies).items():
        files.append(msi.with_name(f"{name}.idt"))
        lines = [*_IDT[name].split("\n"), *("\t".join(row) for row in rows)]
        files[-1].write_text("".join(f"{line}\r\n" for line in lines), encoding="ascii", newline="")
    _change(msi, "-i", *map(str, files))
    _change(msi, "-q", *queries(edition))
    _change(msi, "-s", edition.name, PRODUCT.name, "x64;1033", guid(f"package {content}"))


def _change(msi: Path, *words: str) -> None:
    _run(["msibuild", msi, *words])


def _run(command: Sequence[str | Path], cwd: Path | None = None, env: Mapping[str, str] | None = None) -> None:
    """Without what these programs say though nothing is wrong."""
    done = subprocess.run(command, cwd=cwd, env=env, check=False, capture_output=True, text=True)
    if done.returncode != 0:
        raise SetUpError(f"{command[0]} could not make the installer: {done.stderr.strip()[-300:]}")


def tables(decided: Iterable[Policy]) -> dict[str, list[tuple[str, ...]]]:
    """Rows of whole tables: what is looked for before, and what follows from it."""
    kept = [(policy.given, policy.found) for policy in decided]
    build_of = r"SOFTWARE\Microsoft\Windows NT\CurrentVersion"
    raw = str(_RAW_VALUE_64_BIT)
    return {
        "AppSearch": [
            ("WINDOWSBUILD", "WindowsBuild"),
            (f"KEPT_{FOLDER}", "KeptFolder"),
            *((found, f"S_{name}") for name, found in kept),
        ],
        "RegLocator": [
            ("WindowsBuild", str(_HKLM), build_of, "CurrentBuildNumber", raw),
            ("KeptFolder", str(_HKLM), OWN_KEY, FOLDER, raw),
            *((f"S_{name}", str(_HKLM), OWN_KEY, name, raw) for name, _ in kept),
        ],
        "CustomAction": [
            (f"Keep_{name}", str(_SET_PROPERTY), name, f"[{found}]")
            for name, found in [(FOLDER, f"KEPT_{FOLDER}"), *kept]
        ],
        "LaunchCondition": [
            (f"Installed OR NOT WINDOWSBUILD OR WINDOWSBUILD >= {_FIRST_BUILD}", _TOO_OLD),
            ("NOT WIX_DOWNGRADE_DETECTED", NEWER),
        ],
    }


def queries(edition: Edition) -> list[str]:
    """Changes of single rows."""
    attributes = _REGISTRY_KEY_PATH | _TRANSITIVE | _64_BIT
    conditions = [(policy.component, policy.given) for policy in edition.policies]
    if conditions:
        conditions.append((AUTOSTART, 'POLICY_AUTOSTART = "1"'))
    kept = [(FOLDER, f"KEPT_{FOLDER}"), *((policy.given, policy.found) for policy in edition.policies)]
    secure = ";".join((*_SECURE, *(name for row in kept for name in row)))
    sequence = "INSERT INTO `{}` (`Action`, `Condition`, `Sequence`) VALUES ('{}', '{}', {})"
    return [
        *(
            _set("Component", f"`Condition`='{condition}', `Attributes`={attributes}", f"`Component`='{name}'")
            for name, condition in conditions
        ),
        *(sequence.format(table, "AppSearch", "", _SEARCH) for table in _SEQUENCES),
        *(
            sequence.format(_SEQUENCES[0], f"Keep_{name}", f"{found} AND NOT {name}", at)
            for at, (name, found) in enumerate(kept, start=_KEEP)
        ),
        _set(_SEQUENCES[0], f"`Sequence`={_IN_TRANSACTION}", "`Action`='RemoveExistingProducts'"),
        _set("Property", f"`Value`='{secure}'", "`Property`='SecureCustomProperties'"),
    ]


def _set(table: str, values: str, where: str) -> str:
    return f"UPDATE `{table}` SET {values} WHERE {where}"  # noqa: S608 - names of our own, in a file of our own
