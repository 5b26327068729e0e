from __future__ import annotations

import pytest

from tools.supply.licences import KNOWN, names
from tools.supply.natives import KINDS, identify, stem_of, version_in


@pytest.mark.parametrize(
    ("path", "stem"),
    [
        ("av.libs/libx264-d6533a8d.so.165", "x264-d6533a8d"),
        ("av.libs/libavcodec-5e6b81c2.so.62.28.102", "avcodec-5e6b81c2"),
        ("opencv_python_headless.libs/libssl-81259c47.so.1.1.1k", "ssl-81259c47"),
        ("av.libs/avcodec-62-1fbb3d02.dll", "avcodec-62-1fbb3d02"),
        ("av/.dylibs/libx265.216.dylib", "x265.216"),
        ("PySide6/Qt/lib/QtCore.framework/Versions/A/QtCore", "qtcore"),
        ("av/_core.abi3.so", ""),
        ("numpy/_core/_multiarray.cpython-313-x86_64-linux-gnu.so", ""),
        ("av/_core.pyd", ""),
        ("aiohttp/web.py", ""),
        ("libreadme.txt", ""),
        ("objc/_objc.cpython-313-darwin.so.dSYM/Contents/_objc.cpython-313-darwin.so.yml", ""),
    ],
)
def test_what_is_a_library(path: str, stem: str) -> None:
    assert stem_of(path) == stem


def test_files_are_known_for_what_they_are_in_each_package() -> None:
    found = identify(
        "av", ("av.libs/libavutil-1.so.60", "av.libs/libavcodec-1.so.62", "av/core.py", "av.libs/libx264.so")
    )
    assert [(one.title, one.kind.licence if one.kind else "", len(one.files)) for one in found] == [
        ("FFmpeg", "LGPL-3.0-or-later", 2),
        ("x264", "GPL-2.0-or-later", 1),
    ]
    other = identify("opencv-python-headless", ("cv2.libs/libavutil-1.so.60", "cv2.libs/libcrypto-1.so.1.1.1k"))
    assert [one.kind.licence for one in other if one.kind] == ["LGPL-2.1-or-later", "OpenSSL"]


def test_what_nobody_knows_is_told_where_it_is_foreign() -> None:
    (loose,) = identify("av", ("av.libs/libmystery-0.so.1",))
    assert (loose.title, loose.kind) == ("mystery-0", None)
    assert [one.kind for one in identify("av", ("av/.dylibs/libmystery.1.dylib",))] == [None]
    (beside,) = identify("", ("lib/libmystery.so",))
    assert beside.kind is None
    qt = ("PySide6/Qt/lib/libQt6Core.so.6", "PySide6/Qt/plugins/x/libdrm-egl-server.so")
    assert identify("pyside6-essentials", qt) == (), "a package's own libraries are under its own licence"


def test_what_is_linked_into_modules_is_told_too() -> None:
    (tls,) = identify("", ("lib-dynload/_ssl.cpython-313-x86_64-linux-gnu.so", "DLLs/_hashlib.pyd", "DLLs/_json.pyd"))
    assert (tls.title, len(tls.files)) == ("OpenSSL", 2)
    srtp = identify("pylibsrtp", ("pylibsrtp/_binding.abi3.so",))
    assert [one.title for one in srtp] == ["OpenSSL", "libSRTP"]
    assert identify("another", ("another/_binding.abi3.so", "another/_ssl.pyd")) == ()


def test_a_name_is_no_beginning_of_another() -> None:
    assert all(one.kind is None for one in identify("", ("libsmbclient.so", "libzmq.so.5", "libvpxfoo.so")))
    assert identify("", ("libSM.so.6",))[0].title == "X11 libraries"
    assert identify("", ("libpython3.13.so.1.0",))[0].title == "CPython"


def test_the_licences_of_the_table_are_known() -> None:
    assert all(KNOWN.issuperset(names(kind.licence)) for kind in KINDS)
    assert all(name == name.lower() and not name.startswith("lib") for kind in KINDS for name in kind.names)


@pytest.mark.parametrize(
    ("title", "content", "version"),
    [
        ("FFmpeg", b"\0FFmpeg version 8.1.2\0", "8.1.2"),
        ("OpenSSL 1.1.1", b"OpenSSL 1.1.1k  FIPS 25 Mar 2021", "1.1.1k"),
        ("OpenSSL", b"OpenSSL 3.0.0 or later\0OpenSSL 3.4.1 11 Feb 2025", "3.4.1"),
        ("libvpx", b"WebM Project VP9 Encoder v1.16.0\0", "1.16.0"),
        ("FFmpeg", b"nothing", ""),
        ("x264", b"x264 - core 165", ""),
    ],
)
def test_a_library_says_which_version_it_is(title: str, content: bytes, version: str) -> None:
    assert version_in(title, content) == version
