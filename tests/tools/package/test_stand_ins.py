"""Empty libraries in place of those that are never called: linked as before, loud when called, nothing left behind."""

from __future__ import annotations

import ctypes
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tools.package import stand_ins
from tools.package.stand_ins import FOLDER, Symbol, exported, orphans, read_asked, read_defined, version_script, without
from tools.package.system import need_compiler
from tools.shell import SetUpError
from tools.supply.natives import stands_in

USED = "int used(void); int call(void) { return used(); } int idle(void) { return 7; }\n"
WHOLE = "int deeper(void); int used(void) { return deeper(); } int unused(void) { return 1; } int number = 3;\n"
DEEPER = "int deeper(void) { return 1; }\n"
VERSIONS = "LIBAVUTIL_60 { global: used; unused; number; local: *; };\n"


def compiled(path: Path, code: str, *words: str | Path) -> Path:
    source = path.with_suffix(".c")
    source.write_text(code)
    command: list[str | Path] = [
        "gcc",
        "-shared",
        "-fPIC",
        f"-Wl,-soname,{path.name},-rpath,$ORIGIN/../{FOLDER}",
        "-o",
        path,
        source,
    ]
    subprocess.run([*command, *words], check=True)
    source.unlink()
    return path


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A package as OpenCV's: a library is linked with others, one of them with a further one."""
    need_compiler()
    folder, package = tmp_path / FOLDER, tmp_path / "cv2"
    for path in (folder, package, tmp_path / "opencv_python_headless-5.dist-info" / "sboms"):
        path.mkdir(parents=True)
    (script := tmp_path / "versions").write_text(VERSIONS)
    deeper = compiled(folder / "libcrypto-1.so.1", DEEPER)
    util = compiled(folder / "libavutil-1.so.60", WHOLE, f"-Wl,--version-script={script}", deeper)
    rest = [name for name in stand_ins.LIBRARIES if name != "libavutil-"]
    others = [compiled(folder / f"{name}1.so.1", f"int {name[3:-1]}(void) {{ return 1; }}\n") for name in rest]
    compiled(package / "cv2.abi3.so", USED, "-Wl,--no-as-needed", util, *others)
    parts = [{"name": name} for name in ("openssl-libs", "openblas-threads")]
    listed = tmp_path / "opencv_python_headless-5.dist-info" / "sboms" / "auditwheel.cdx.json"
    listed.write_text(json.dumps({"bomFormat": "CycloneDX", "components": parts}))
    return tmp_path


def test_what_is_never_called_is_empty_and_what_it_asked_for_is_gone(site: Path) -> None:
    stand_ins.stand_in(site)
    left = {path.name for path in (site / FOLDER).iterdir()}
    assert left == {"libavutil-1.so.60", *(f"{name}1.so.1" for name in stand_ins.LIBRARIES if name != "libavutil-")}
    assert all(stands_in(site / FOLDER / name) for name in left)
    assert not stands_in(site / "cv2" / "cv2.abi3.so")
    assert ctypes.CDLL(str(site / "cv2" / "cv2.abi3.so")).idle() == 7
    listed = next(site.glob("*.dist-info/sboms/*.json")).read_text(encoding="utf-8")
    assert [part["name"] for part in json.loads(listed)["components"]] == ["openblas-threads"]


def test_a_call_that_nobody_knew_of_is_seen(site: Path) -> None:
    stand_ins.stand_in(site)
    no_core = "import ctypes, resource; resource.setrlimit(resource.RLIMIT_CORE, (0, 0))"
    called = f"{no_core}; ctypes.CDLL({str(site / 'cv2' / 'cv2.abi3.so')!r}).call()"
    done = subprocess.run([sys.executable, "-c", called], check=False, capture_output=True, text=True, cwd=site)
    assert done.returncode != 0
    assert "stands in for libavutil-1.so.60" in done.stderr


def test_another_wheel_than_it_was_stops_the_build(site: Path) -> None:
    next((site / FOLDER).glob("libaom-*")).unlink()
    with pytest.raises(SetUpError, match="other libraries than before"):
        stand_ins.stand_in(site)


def test_nothing_stands_in_for_data(site: Path) -> None:
    user = compiled(
        site / "user.so", "extern int number; int get(void) { return number; }\n", site / FOLDER / "libavutil-1.so.60"
    )
    with pytest.raises(SetUpError, match="number"):
        exported(site / FOLDER / "libavutil-1.so.60", [user], set())


def test_what_nm_prints_is_read() -> None:
    assert read_defined("0000000000000000 A LIB_1\n000000000003c2c0 T av_add@@LIB_1\n0000000000000010 D data\n") == {
        Symbol("LIB_1"): "A",
        Symbol("av_add", "LIB_1"): "T",
        Symbol("data"): "D",
    }
    assert read_asked("                 U av_add@LIB_1\n                 w maybe\n0010 T own\n") == {
        Symbol("av_add", "LIB_1"),
        Symbol("maybe"),
    }


def test_names_keep_their_versions() -> None:
    symbols = [Symbol("a", "V_1"), Symbol("b", "V_1")]
    assert version_script(symbols) == "V_1 { global: a; b; local: *; };\n"
    assert version_script([Symbol("c")]) == "{ global: c; local: *; };\n"


def test_nobody_asks_for_it_any_more() -> None:
    folder = Path("/site") / FOLDER
    used, deep, lost = folder / "libused.so", folder / "libdeep.so", folder / "liblost.so"
    asked = {Path("/site/cv2/cv2.so"): {"libused.so"}, used: {"libdeep.so"}, deep: set[str](), lost: {"libdeep.so"}}
    assert orphans(folder, asked) == [lost]
    assert json.loads(without('{"components": [{"name": "libdrm"}]}', [Path("libdrm-1.so.2")])) == {"components": []}
