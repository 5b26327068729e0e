from __future__ import annotations

import sysconfig
from pathlib import Path

from tests.tools.supply.made import package
from tools.supply.site import installed

FILES: dict[str, str | bytes] = {
    "av_DOT_libs__libx264_DOT_so": b"",
    "av__core_DOT_py": "",
    "INFO__licenses__LICENSE": "text",
}


def test_packages_say_which_files_are_theirs(tmp_path: Path) -> None:
    package(tmp_path, "av", "1", **FILES)
    (tmp_path / "av/core.py").unlink()
    assert installed(tmp_path)["av"].files.keys() == {
        "av-1.dist-info/METADATA",
        "av-1.dist-info/licenses/LICENSE",
        "av.libs/libx264.so",
    }


def test_without_their_record_it_is_known_from_here(tmp_path: Path) -> None:
    (package(tmp_path, "av", "1", **FILES) / "RECORD").unlink()
    (package(tmp_path, "sounddevice", "1", _sounddevice_data__x64_DOT_dll=b"") / "RECORD").unlink()
    (package(tmp_path, "cffi", "1", _cffi_backend_DOT_pyd=b"", unknown_DOT_dll=b"") / "RECORD").unlink()
    found = installed(tmp_path)
    assert {"av.libs/libx264.so", "av-1.dist-info/licenses/LICENSE"} <= found["av"].files.keys()
    assert found["cffi"].files.keys() == {"cffi-1.dist-info/METADATA"}, "nothing here is called so"


def test_here_both_ways_agree_on_what_matters(tmp_path: Path) -> None:
    site = Path(sysconfig.get_path("purelib"))
    copied = tmp_path / "site"
    for source in ("av.libs", "pylibsrtp", *(path.name for path in site.glob("*.dist-info"))):
        if source in {"av.libs", "pylibsrtp"} or source.startswith(("av-", "pylibsrtp-")):
            (copied / source).mkdir(parents=True)
            for file in (site / source).iterdir():
                if file.is_file() and file.name != "RECORD":
                    (copied / source / file.name).symlink_to(file)
    found, real = installed(copied), installed(site)
    for name in ("av", "pylibsrtp"):
        assert {path for path in real[name].files if ".so" in path and "core" not in path} & found[name].files.keys()
