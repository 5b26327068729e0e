"""Packages without their `__init__`."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from visio_desktop.system.lean import is_put_off, later, left_out, without_init


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """`stout.inner`: its `__init__` loads `heavy`; `light` asks the package for its sibling `small`."""
    inner = tmp_path / "stout" / "inner"
    inner.mkdir(parents=True)
    (inner.parent / "__init__.py").write_text("")
    (inner / "__init__.py").write_text("from .heavy import WEIGHT\n__all__ = ['WEIGHT']\n")
    (inner / "heavy.py").write_text("from .small import NAME\nWEIGHT = 100\n")
    (inner / "small.py").write_text("NAME = 'small'\n")
    (inner / "light.py").write_text("from . import small\nNAME = small.NAME\n")
    monkeypatch.syspath_prepend(tmp_path)
    yield "stout.inner"
    for name in [name for name in sys.modules if name.startswith("stout")]:
        del sys.modules[name]


def test_one_module_is_loaded_without_the_others(package: str) -> None:
    assert without_init(package)
    assert import_module(f"{package}.light").NAME == "small"
    assert f"{package}.heavy" not in sys.modules


def test_what_only_the_init_gives_is_still_there(package: str) -> None:
    without_init(package)
    found = import_module(package)
    assert found.WEIGHT == 100
    assert found.small.NAME == "small"
    with pytest.raises(AttributeError, match="nothing"):
        _ = found.nothing
    assert not hasattr(found, "__wrapped__")


def test_the_parent_knows_it(package: str) -> None:
    without_init(package)
    assert import_module("stout").inner is sys.modules[package]


def test_what_is_loaded_or_missing_is_left_alone(package: str) -> None:
    whole = import_module(package)
    assert not without_init(package)
    assert sys.modules[package] is whole
    assert not without_init("stout.inner.small")
    assert not without_init("not_installed_anywhere")


def test_a_module_is_loaded_when_something_of_it_is_asked_for(package: str) -> None:
    import_module(package)
    del sys.modules[f"{package}.small"]
    assert later(f"{package}.small")
    found = import_module(f"{package}.small")
    assert import_module(package).small is found
    assert "NAME" not in vars(found)
    assert found.NAME == "small"
    assert "NAME" in vars(found)
    with pytest.raises(AttributeError, match="nothing"):
        _ = found.nothing


def test_what_is_no_module_or_is_loaded_is_not_put_off(package: str) -> None:
    import_module(package)
    assert not later(f"{package}.small")
    assert not later("stout.none")
    del sys.modules[package]
    assert not later(package)


def test_messages_in_python_are_not_loaded_where_there_are_those_in_c() -> None:
    code = (
        "import sys, visio_desktop.servers.livekit\n"
        "from livekit.protocol.rtc import SignalRequest\n"
        "from google.protobuf.internal import api_implementation\n"
        "assert SignalRequest.FromString(SignalRequest(ping=3).SerializeToString()).ping == 3\n"
        "print(api_implementation.Type(), 'google.protobuf.text_format' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=True)
    assert done.stdout.split() == ["upb", "False"]


def test_what_a_package_loads_by_itself_is_left_out_of_it(package: str, tmp_path: Path) -> None:
    (tmp_path / "stout" / "inner" / "__init__.py").write_text("from . import heavy\nfrom .small import NAME\n")
    assert left_out(f"{package}.heavy")
    assert not {"stout", package} & sys.modules.keys()
    found = import_module(package)
    assert is_put_off(found.heavy)
    assert found.NAME == "small"
    assert found.heavy.WEIGHT == 100
    assert not is_put_off(found.heavy)


def test_what_is_loaded_or_missing_is_not_left_out(package: str) -> None:
    assert not left_out(f"{package}.none")
    assert not left_out("not_installed_anywhere.part")
    import_module(package)
    del sys.modules[f"{package}.heavy"]
    assert not left_out(f"{package}.heavy")


def test_numpy_is_whole_without_the_texts_that_describe_it() -> None:
    code = (
        "import sys, visio_desktop.media, numpy\nfrom visio_desktop.system.lean import is_put_off\n"
        "print(is_put_off(sys.modules['numpy._core._add_newdocs']), numpy.arange(4).reshape(2, 2).sum())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=True)
    assert done.stdout.split() == ["True", "6"]


def test_aiohttp_is_whole_without_what_checks_values_of_attrs() -> None:
    code = (
        "import sys\nfrom visio_desktop.net.http_library import aiohttp\n"
        "from visio_desktop.system.lean import is_put_off\nimport attr\n"
        "print(is_put_off(sys.modules['attr.validators']), aiohttp.ClientTimeout(3).total, attr.validators.ge(3))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=True)
    assert done.stdout.split()[:2] == ["True", "3"]
    assert ">= 3" in done.stdout
