from __future__ import annotations

import sysconfig
from email.message import Message
from importlib import metadata
from pathlib import Path
from typing import cast

import pytest

from tests.tools.supply.made import package
from tools.supply.licences import expression, names, own_text, standard_text
from tools.supply.site import installed


def told(*fields: tuple[str, str]) -> metadata.PackageMetadata:
    message = Message()
    for key, value in fields:
        message.add_header(key, value)
    return cast("metadata.PackageMetadata", message)


@pytest.mark.parametrize(
    ("fields", "licence"),
    [
        ([("License-Expression", "MIT AND (0BSD OR ISC)")], "MIT AND (0BSD OR ISC)"),
        ([("License", "Apache 2.0")], "Apache-2.0"),
        ([("License", "MIT License\n\nCopyright (c) 2013 Somebody")], "MIT"),
        ([("License", ""), ("Classifier", "License :: OSI Approved :: MIT License")], "MIT"),
        ([("License", "Proprietary")], ""),
        ([("License-Expression", "AGPL-3.0-only")], ""),
        ([("Classifier", "Programming Language :: Python")], ""),
        ([], ""),
    ],
)
def test_what_a_package_says_of_its_licence(fields: list[tuple[str, str]], licence: str) -> None:
    assert expression(told(*fields)) == licence


def test_the_licences_of_an_expression() -> None:
    assert names("MIT AND (0BSD OR MIT)") == ("MIT", "0BSD")
    assert names("GPL-3.0-or-later WITH GCC-exception-3.1") == ("GPL-3.0-or-later", "GCC-exception-3.1")


def test_texts_are_whole() -> None:
    text = standard_text("LGPL-3.0-only OR GPL-2.0-or-later", lambda _: None)
    for title in ("GNU LESSER GENERAL PUBLIC LICENSE", "Version 3, 29 June 2007", "Version 2, June 1991"):
        assert title in text
    for licence in ("MIT", "BSD-2-Clause", "BSD-3-Clause", "BSD-3-Clause-Clear", "ICU"):
        assert "PROVIDED" in standard_text(licence, lambda _: None).replace("\n", " ")


def test_a_text_that_is_not_to_be_had_is_not_half_given() -> None:
    assert standard_text("MIT AND OpenSSL", lambda _: None) == ""
    assert standard_text("", lambda _: None) == ""


def test_some_texts_lie_in_packages() -> None:
    found = installed(Path(sysconfig.get_path("purelib")))
    exception = standard_text("GPL-3.0-or-later WITH GCC-exception-3.1", found.get)
    assert "GCC RUNTIME LIBRARY EXCEPTION" in exception
    assert "GNU GENERAL PUBLIC LICENSE" in exception
    assert "PYTHON SOFTWARE FOUNDATION LICENSE VERSION 2" in standard_text("PSF-2.0", found.get)


def test_the_licence_files_of_a_package_are_read_once_each(tmp_path: Path) -> None:
    files = {
        "INFO__licenses__LICENSE": "Text one",
        "made__COPYING": "Text two",
        "made__LICENSE_DOT_py": "code",
        "made__copy": "x",
    }
    package(tmp_path, "made", "1", **files, INFO__licenses__vendor__LICENSE="Text one")
    assert sorted(own_text(installed(tmp_path)["made"]).split("\n\n")) == ["Text one", "Text two"]
