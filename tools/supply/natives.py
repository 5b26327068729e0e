"""The native libraries inside wheels and bundles: which file is which library, and under which licence.

Wheels say little of them. What auditwheel wrote down is taken over (`embedded`); the rest is known by the names of
files, in the table here. Licences are those of the build that is shipped: FFmpeg's own configuration tells which of
its licences holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Final

_LIBRARY: Final = re.compile(r"(?P<stem>.+?)\.(so((\.\d+)+[a-z]?)?|dylib|dll)", re.IGNORECASE)
_EXTENSION: Final = re.compile(r".*\.(abi3|cpython-[\w-]+|cp\d+[\w-]*)\.(so|dylib)|.*\.pyd", re.IGNORECASE)
_FRAMEWORK: Final = re.compile(r"(?P<stem>\w+)\.framework/Versions/\w+/(?P=stem)")


@dataclass(frozen=True, slots=True)
class Kind:
    """A library by what its files' names begin with, without `lib`; `owner` is the package it is so in, "" any."""

    names: tuple[str, ...]
    title: str
    licence: str
    holder: str
    owner: str = ""


_FFMPEG: Final = ("avcodec", "avdevice", "avfilter", "avformat", "avutil", "swresample", "swscale", "postproc")
KINDS: Final = (
    Kind(("x264",), "x264", "GPL-2.0-or-later", "Copyright (C) 2003-2025 x264 project"),
    Kind(("x265",), "x265", "GPL-2.0-or-later", "Copyright (C) 2013-2025 MulticoreWare, Inc."),
    # Configured with --enable-version3 there.
    Kind(_FFMPEG, "FFmpeg", "LGPL-3.0-or-later", "Copyright (C) 2000-2026 the FFmpeg developers", owner="av"),
    Kind(_FFMPEG, "FFmpeg", "LGPL-2.1-or-later", "Copyright (C) 2000-2026 the FFmpeg developers"),
    Kind(("svtav1enc",), "SVT-AV1", "BSD-3-Clause-Clear", "Copyright (c) 2019, Alliance for Open Media"),
    Kind(("vpx",), "libvpx", "BSD-3-Clause", "Copyright (c) 2010, The WebM Project authors"),
    Kind(("aom",), "libaom", "BSD-2-Clause", "Copyright (c) 2016, Alliance for Open Media"),
    Kind(("avif",), "libavif", "BSD-2-Clause", "Copyright 2019 Joe Drago"),
    Kind(("dav1d",), "dav1d", "BSD-2-Clause", "Copyright (C) 2018-2025, VideoLAN and dav1d authors"),
    Kind(("opus",), "Opus", "BSD-3-Clause", "Copyright 2001-2023 Xiph.Org, Skype Limited, Octasic and others"),
    Kind(("mp3lame",), "LAME", "LGPL-2.0-or-later", "Copyright (C) 1999-2017 the LAME project"),
    Kind(("opencore-amrnb", "opencore-amrwb"), "OpenCORE AMR", "Apache-2.0", "Copyright (C) 1998-2009 PacketVideo"),
    Kind(("webp", "webpmux", "webpdemux", "sharpyuv"), "libwebp", "BSD-3-Clause", "Copyright (c) 2010, Google Inc."),
    Kind(("vpl",), "Intel VPL", "MIT", "Copyright Intel Corporation"),
    Kind(("gnutls",), "GnuTLS", "LGPL-2.1-or-later", "Copyright (C) 2000-2025 Free Software Foundation, Inc."),
    Kind(("nettle", "hogweed"), "Nettle", "LGPL-3.0-or-later", "Copyright (C) 2001-2025 Niels Möller"),
    Kind(("gmp",), "GNU MP", "LGPL-3.0-or-later", "Copyright 1991-2023 Free Software Foundation, Inc."),
    Kind(("unistring",), "GNU libunistring", "LGPL-3.0-or-later", "Copyright (C) 2001-2024 Free Software Foundation"),
    Kind(("asound",), "ALSA library", "LGPL-2.1-or-later", "Copyright (c) 1998-2024 Jaroslav Kysela and others"),
    Kind(("drm",), "libdrm", "MIT", "Copyright 1999-2003 VA Linux Systems, Precision Insight, Tungsten Graphics"),
    Kind(("xcb",), "libxcb", "MIT", "Copyright (C) 2001-2006 Bart Massey, Jamey Sharp, and Josh Triplett"),
    Kind(("xau",), "libXau", "MIT", "Copyright 1988, 1993, 1994, 1998 The Open Group"),
    Kind(
        ("openblas", "openblasp", "scipy_openblas"),
        "OpenBLAS",
        "BSD-3-Clause",
        "Copyright (c) 2011-2025, The OpenBLAS Project",
    ),
    Kind(
        ("gfortran", "quadmath", "gcc_s", "stdc++", "gomp"),
        "GCC run-time libraries",
        "GPL-3.0-or-later WITH GCC-exception-3.1",
        "Copyright (C) Free Software Foundation, Inc.",
    ),
    Kind(("crc32c",), "CRC32C", "BSD-3-Clause", "Copyright 2017, The CRC32C Authors"),
    Kind(("png16",), "libpng", "libpng-2.0", "Copyright (c) 1995-2025 The PNG Reference Library Authors", "opencv"),
    Kind(("crypto", "ssl"), "OpenSSL 1.1.1", "OpenSSL", "Copyright (c) 1998-2021 The OpenSSL Project", "opencv"),
    Kind(("crypto", "ssl"), "OpenSSL", "Apache-2.0", "Copyright (c) 1998-2026 The OpenSSL Project Authors"),
    Kind(("livekit_ffi",), "LiveKit with WebRTC", "Apache-2.0 AND BSD-3-Clause", "Copyright LiveKit, Inc.", "livekit"),
    Kind(("icudata", "icui18n", "icuuc"), "ICU", "ICU", "Copyright (c) 1995-2016 IBM Corporation and others"),
    Kind(("portaudio",), "PortAudio", "MIT", "Copyright (c) 1999-2011 Ross Bencina and Phil Burk"),
    Kind(("python3",), "CPython", "PSF-2.0", "Copyright (c) 2001-2026 Python Software Foundation"),
    Kind(("zlib", "z"), "zlib", "Zlib", "Copyright (C) 1995-2024 Jean-loup Gailly and Mark Adler"),
    Kind(("iconv",), "GNU libiconv", "LGPL-2.1-or-later", "Copyright (C) 1999-2024 Free Software Foundation, Inc."),
    Kind(("winpthread",), "winpthreads", "MIT", "Copyright (c) 2011 mingw-w64 project"),
    Kind(
        ("msvcp140", "vcruntime140", "concrt140", "ucrtbase"),
        "Microsoft Visual C++ run-time library",
        "LicenseRef-Microsoft-Redistributable",
        "Copyright (c) Microsoft Corporation",
    ),
    Kind(("ffi",), "libffi", "MIT", "Copyright (c) 1996-2024 Anthony Green, Red Hat, Inc and others"),
    Kind(("expat",), "Expat", "MIT", "Copyright (c) 1998-2025 the Expat maintainers"),
    Kind(("uuid",), "libuuid", "BSD-3-Clause", "Copyright (C) 1996-2011 Theodore Ts'o"),
    Kind(("xkbcommon",), "libxkbcommon", "MIT", "Copyright (c) 2012 Daniel Stone and others"),
    Kind(("x11", "xext", "xi", "xrender", "sm", "ice"), "X11 libraries", "MIT", "Copyright The Open Group and others"),
    Kind(("fuse",), "libfuse", "LGPL-2.1-only", "Copyright (C) 2001-2007 Miklos Szeredi"),
)
_OPENSSL: Final = Kind((), "OpenSSL", "Apache-2.0", "Copyright (c) 1998-2026 The OpenSSL Project Authors")
_BELLARD: Final = "Copyright (c) 2017-2025 Fabrice Bellard, Charlie Gordon and others"
LINKED: Final = (
    ("", "_ssl.", _OPENSSL),
    ("", "_hashlib.", _OPENSSL),
    ("pylibsrtp", "_binding.", Kind((), "libSRTP", "BSD-3-Clause", "Copyright (c) 2001-2017 Cisco Systems, Inc.")),
    ("pylibsrtp", "_binding.", _OPENSSL),
    ("edwh-quickjs-ng", "_quickjs.", Kind((), "QuickJS-ng", "MIT", _BELLARD)),
    ("cffi", "_cffi_backend.", Kind((), "libffi", "MIT", "Copyright (c) 1996-2024 Anthony Green, Red Hat, Inc")),
)
"""What is linked into modules of Python's: the package, "" Python itself, the module, the library."""

# With the date behind it: older versions are named in its texts.
_OPENSSL_SAYS: Final = rb"OpenSSL (\d+\.\d+\.\d+[a-z]?) +(?:FIPS +)?\d{1,2} [A-Z][a-z]{2} \d{4}"
_VERSIONS: Final = {
    "FFmpeg": rb"FFmpeg version (\d[\w.]*)",
    "OpenBLAS": rb"OpenBLAS (\d[\d.]*\d)",
    "OpenSSL": _OPENSSL_SAYS,
    "OpenSSL 1.1.1": _OPENSSL_SAYS,
    "Opus": rb"libopus (\d+(\.\d+)+)",
    "SVT-AV1": rb"\x00v(\d+\.\d+\.\d+)\x00",
    "libaom": rb"AOMedia Project AV1 Encoder v?(\d+(\.\d+)+)",
    "libSRTP": rb"libsrtp2? (\d+(\.\d+)+)",
    "libpng": rb"libpng version (\d+(\.\d+)+)",
    "libvpx": rb"VP9 Encoder v(\d+(\.\d+)+)",
}
"""How libraries say in their own bytes which version they are."""

STANDS_IN: Final = "stands in for"
"""A library that says so of itself is an empty one of ours (`tools/package/stand_ins`)."""

_MOST_OF_NOTHING: Final = 64_000

LOOSE: Final = (".libs", ".dylibs")
"""A folder that ends so holds libraries that are foreign to their package; the second on macOS."""


@dataclass(frozen=True, slots=True)
class Identified:
    """A library of a package, "" the bundle itself, with its files; `kind` is None for one nobody knows."""

    title: str
    kind: Kind | None
    files: tuple[str, ...]


def stem_of(path: str) -> str:
    """What a shared library's name begins with, in lower case and without `lib`; "" for what is none.

    A module of Python's is a part of its package and none of these.
    """
    name = PurePath(path).name
    if _EXTENSION.fullmatch(name):
        return ""
    found = _LIBRARY.fullmatch(name) or _FRAMEWORK.search(path)
    return "" if found is None else found["stem"].lower().removeprefix("lib")


def identify(owner: str, files: Iterable[str]) -> tuple[Identified, ...]:
    """The foreign libraries among the files of a package, those of the same kind together."""
    groups: dict[str, tuple[Kind | None, list[str]]] = {}
    for path in sorted(files):
        stem = stem_of(path)
        kind = _kind(stem, owner) if stem and "plugins" not in PurePath(path).parts else None
        is_own = kind is None and (not stem or (owner and not _is_loose(path)))
        if not is_own:
            groups.setdefault(kind.title if kind else stem, (kind, []))[1].append(path)
        for linked in _linked(owner, path):
            groups.setdefault(linked.title, (linked, []))[1].append(path)
    return tuple(Identified(title, kind, tuple(paths)) for title, (kind, paths) in sorted(groups.items()))


def is_native(path: str) -> bool:
    """Whether a file is a library or a module in the machine's own code."""
    return bool(stem_of(path)) or is_module(PurePath(path).name)


def is_module(name: str) -> bool:
    """Whether a file of this name is a module of Python's in the machine's own code."""
    return _EXTENSION.fullmatch(name) is not None


def stands_in(path: Path) -> bool:
    """Whether a library is none but by its name."""
    return path.stat().st_size < _MOST_OF_NOTHING and f"visio-desktop: {STANDS_IN} ".encode() in path.read_bytes()


def _linked(owner: str, path: str) -> list[Kind]:
    name = PurePath(path).name
    return [kind for package, begin, kind in LINKED if package == owner and name.startswith(begin)]


def _kind(stem: str, owner: str) -> Kind | None:
    of_owner = [kind for kind in KINDS if kind.owner and owner.startswith(kind.owner)]
    of_all = [kind for kind in KINDS if not kind.owner]
    return next((kind for kind in (*of_owner, *of_all) if any(_begins(stem, name) for name in kind.names)), None)


def _begins(stem: str, name: str) -> bool:
    """`vpx-edb6de90` is `vpx`, `vpxfoo` is not."""
    return stem.startswith(name) and not stem.removeprefix(name)[:1].isalpha()


def _is_loose(path: str) -> bool:
    return any(part.endswith(LOOSE) for part in PurePath(path).parts)


def version_in(title: str, content: bytes) -> str:
    """The version that a library's bytes name, "" where they do not."""
    found = re.search(_VERSIONS[title], content) if title in _VERSIONS else None
    return "" if found is None else found[1].decode("ascii")
