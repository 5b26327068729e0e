"""`.rpm` package: the files of the Debian package; required libraries by their names, so for any distribution."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from tools.package import linux, onedir
from tools.package.base import INSTALLED, PRODUCT, WORK, epoch_s, out, version
from tools.package.finished import finished, now
from tools.shell import must_run
from tools.system import need_programs

ARCHITECTURE: Final = "x86_64"
_SPEC: Final = """\
Name: {product.id}
Version: {release}
Release: 1
Summary: {product.summary}
License: {product.licence}
Packager: {product.maintainer}
BuildArch: {architecture}
AutoReqProv: no
{requires}
Recommends: xdg-desktop-portal

%description
A native client for video meetings on La Suite Meet, LiveKit and other servers of an
organisation's own. It brings its Python and its libraries along.

%postun
if [ "$1" = 0 ]; then
    rm -rf {installed}
fi

%files
%defattr(-,root,root,-)
{files}

%changelog
* {day} {product.maintainer} - {release}-1
- Release {release}
"""


def main(arguments: Sequence[str]) -> int:
    """Build the bundle and its package into `dist/`."""
    del arguments
    bundle, started = WORK / "onedir", now()
    onedir.build(bundle)
    finished(build(bundle, out(file_name(version())), version()), "rpm", started)
    return 0


def file_name(release: str) -> str:
    """What the package of this version is called."""
    return f"{PRODUCT.id}-{release}-1.{ARCHITECTURE}.rpm"


def spec(release: str, libraries: Iterable[str], files: Iterable[str], at_s: int) -> str:
    """The spec file: `libraries` by their names, `files` by their places in the system."""
    return _SPEC.format(
        product=PRODUCT,
        release=release,
        architecture=ARCHITECTURE,
        installed=INSTALLED,
        requires="\n".join(f"Requires: {name}()(64bit)" for name in [*libraries, "libc.so.6(GLIBC_2.35)"]),
        files="\n".join(f"/{place}" for place in files),
        day=time.strftime("%a %b %d %Y", time.gmtime(at_s)),
    )


def build(bundle: Path, target: Path, release: str, payload: str = "w19.zstdio") -> Path:
    """Wrap a bundle as this file and version; `payload` as `rpmbuild` names compressions. Raises `SetUpError`."""
    need_programs({"rpmbuild": "rpm"})
    root = bundle.with_name(f"{target.name}.root")
    linux.lay_out(bundle, root, release)
    places = [INSTALLED.lstrip("/"), f"usr/bin/{PRODUCT.id}", *linux.desktop_files(release)]
    with tempfile.TemporaryDirectory(dir=bundle.parent) as name:
        top = Path(name)
        text = top / f"{PRODUCT.id}.spec"
        text.write_text(spec(release, linux.required(bundle), places, epoch_s()), encoding="utf-8")
        macros = {
            "_topdir": str(top),
            "_rpmdir": str(top),
            "_dbpath": str(top / "db"),
            "_buildhost": "reproducible",
            "_binary_payload": payload,
            "clamp_mtime_to_source_date_epoch": "1",
            "use_source_date_epoch_as_buildtime": "1",
            "__os_install_post": "%{nil}",
            "__brp_mangle_shebangs": "%{nil}",
            "debug_package": "%{nil}",
            "_build_id_links": "none",
        }
        defined = [word for key, value in macros.items() for word in ("--define", f"{key} {value}")]
        must_run(
            ["rpmbuild", "-bb", "--quiet", "--buildroot", root, *defined, text],
            env={"SOURCE_DATE_EPOCH": str(epoch_s())},
        )
        (top / ARCHITECTURE / file_name(release)).replace(target)
    shutil.rmtree(root, ignore_errors=True)
    return target
