from __future__ import annotations

from types import SimpleNamespace

import pytest

from visio_desktop.system.account_name import LONGEST, full_name, of_record


@pytest.mark.parametrize(
    ("gecos", "name"),
    [("Ada Lovelace,,,", "Ada Lovelace"), ("", ""), ("& King,Room 3", "Ada King"), (",Room 3", "")],
)
def test_the_name_is_the_first_part_of_the_record(gecos: str, name: str) -> None:
    assert of_record(SimpleNamespace(pw_gecos=gecos, pw_name="ada")) == name


def test_a_name_is_in_one_line_and_bounded() -> None:
    assert full_name(ask=lambda: "  Ada\n \x00 Lovelace\u202e ") == "Ada Lovelace"
    assert full_name(ask=lambda: "x" * 500) == "x" * LONGEST


@pytest.mark.parametrize("error", [KeyError("uid"), OSError("directory")])
def test_an_account_nobody_knows_has_no_name(error: Exception) -> None:
    def ask() -> str:
        raise error

    assert full_name(ask=ask) == ""


def test_this_account_can_be_asked_for() -> None:
    assert isinstance(full_name(), str)
    assert full_name("win32") == ""
