"""Names of licences as SPDX writes them, and the full texts."""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib import metadata
from pathlib import Path, PurePath
from typing import Final

from tools.supply.site import Installed
from visio_desktop.system.notices import holds_licence, text_of

_TEXTS: Final = Path(__file__).parent / "texts"
_DEBIAN: Final = Path("/usr/share/common-licenses")
"""Of Debian's package base-files, which every Debian and Ubuntu has."""

_SAID: Final = {
    "apache 2.0": "Apache-2.0",
    "apache software license": "Apache-2.0",
    "apache license, version 2.0": "Apache-2.0",
    "3-clause bsd license": "BSD-3-Clause",
    "mit license": "MIT",
    "python software foundation license": "PSF-2.0",
}
"""What packages say that do not speak SPDX yet; each was held against its text."""

_READ: Final = {"edwh-quickjs-ng": "MIT", "vodozemac": "MIT"}
"""Of packages that say nothing: read by a person from the text they bring."""

KNOWN: Final = frozenset(
    (
        *("Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BSD-3-Clause-Clear", "MIT", "MIT-0", "ISC", "Zlib"),
        *("0BSD", "CC0-1.0"),
        *("GPL-2.0-only", "GPL-2.0-or-later", "GPL-3.0-only", "GPL-3.0-or-later", "GCC-exception-3.1"),
        *("LGPL-2.0-or-later", "LGPL-2.1-only", "LGPL-2.1-or-later", "LGPL-3.0-only", "LGPL-3.0-or-later"),
        *("LicenseRef-Microsoft-Redistributable", "ICU", "libpng-2.0", "OpenSSL", "PSF-2.0"),
    )
)
"""Those that may be in a package. A new one is looked at by a person first: whether it goes with the others."""

_OF_DEBIAN: Final = {
    "Apache-2.0": ("Apache-2.0",),
    "GPL-2.0": ("GPL-2",),
    "GPL-3.0": ("GPL-3",),
    "LGPL-2.0": ("LGPL-2",),
    "LGPL-2.1": ("LGPL-2.1",),
    "LGPL-3.0": ("LGPL-3", "GPL-3"),  # it is an addition to that one
}
_OF_PACKAGES: Final = {
    "PSF-2.0": ("typing-extensions", "A. HISTORY OF THE SOFTWARE", "\0"),
    "GCC-exception-3.1": ("numpy", "GCC RUNTIME LIBRARY EXCEPTION", "\n----"),
}
"""Texts that lie in packages we have anyway: which, from what on, up to what."""


def expression(told: metadata.PackageMetadata) -> str:
    """The licence in a package's metadata, as an SPDX expression; "" where it says nothing that is understood."""
    classified = [one.rpartition(" :: ")[2] for one in told.get_all("Classifier") or () if one.startswith("License ::")]
    read = _READ.get(told.get("Name") or "", "")
    said = (told.get("License-Expression") or "", told.get("License") or "", *classified, read)
    return next((name for text in said if (name := _named(text))), "")


def names(licence: str) -> tuple[str, ...]:
    """The licences and exceptions of an expression, each once."""
    return tuple(dict.fromkeys(re.sub(r"\b(AND|OR|WITH)\b|[()]", " ", licence).split()))


def own_text(package: Installed) -> str:
    """The licence files that a package brings."""
    return text_of(path for name, path in package.files.items() if holds_licence(PurePath(name)))


def standard_text(licence: str, packages: Callable[[str], Installed | None]) -> str:
    """The full texts of an expression's licences, "" where one of them is not to be had; `packages` finds packages."""
    texts = [_text(name, packages) for name in names(licence)]
    return "\n\n".join(dict.fromkeys(texts)) if texts and all(texts) else ""


def _text(name: str, packages: Callable[[str], Installed | None]) -> str:
    plain = re.sub(r"(-only|-or-later)$", "", name)
    here = [_TEXTS / f"{name}.txt"] if plain not in _OF_DEBIAN else [_DEBIAN / file for file in _OF_DEBIAN[plain]]
    if all(path.is_file() for path in here):
        return "\n\n".join(path.read_text(encoding="utf-8").strip("\n") for path in here)
    package, begin, end = _OF_PACKAGES.get(name, ("", "", ""))
    owner = packages(package)
    _, found, rest = own_text(owner).partition(begin) if owner is not None else ("", "", "")
    return f"{found}{rest.partition(end)[0].rstrip()}" if found else ""


def _named(text: str) -> str:
    first = text.strip().partition("\n")[0].strip()
    known = _SAID.get(first.lower(), first)
    return known if known and KNOWN.issuperset(names(known)) else ""
