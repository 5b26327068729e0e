from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.servers.fields import Fields, is_id, parse_json

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=10,
)


def test_each_field_is_read_by_itself() -> None:
    fields = Fields({"a": "text", "b": True, "c": 5, "d": {"e": "f"}, "g": ["x", 1, "y"], "h": [{"i": 1}, 2]})
    assert (fields.text("a"), fields.flag("b"), fields.number("c"), fields.count("c")) == ("text", True, 5.0, 5)
    assert fields.object("d").text("e") == "f"
    assert fields.texts("g") == ("x", "y")
    assert [item.count("i") for item in fields.objects("h")] == [1]
    assert "a" in fields
    assert bool(fields)
    assert fields.plain()["a"] == "text"


def test_other_types_are_as_if_they_were_not_there() -> None:
    fields = Fields({"a": 1, "b": "yes", "c": True, "d": [], "e": -1, "f": float("nan"), "g": "x" * 2_000})
    assert (fields.text("a"), fields.flag("b"), fields.number("c")) == ("", False, None)
    assert (fields.number("e"), fields.number("f"), fields.text("g"), fields.texts("a")) == (None, None, "", None)
    assert not fields.object("d")
    assert not Fields([1])
    assert Fields({}).flag("x", otherwise=True)


def test_lists_end_somewhere() -> None:
    assert len(Fields({"a": ["x"] * 5_000}).texts("a") or ()) == 1_000
    assert len(Fields({"a": [{}] * 5_000}).objects("a")) == 1_000


def test_what_is_no_json() -> None:
    assert [parse_json(body) for body in (b"<html>", b"\xff", "[" * 9_000, b"", "null")] == [None] * 5
    assert parse_json(b'{"a": 1}') == {"a": 1}


@given(st.dictionaries(st.sampled_from(["a", "b"]), ANYTHING))
def test_any_value_has_the_type_asked_for(value: dict[str, object]) -> None:
    fields = Fields(value)
    number = fields.number("a")
    assert number is None or number >= 0
    assert isinstance(fields.text("a"), str)
    assert isinstance(fields.flag("a"), bool)
    assert isinstance(fields.object("a"), Fields)
    assert all(isinstance(item, str) for item in fields.texts("a") or ())


@given(st.binary(max_size=100))
def test_any_bytes_do_no_harm(body: bytes) -> None:
    Fields(parse_json(body)).text("a")


@pytest.mark.parametrize(
    ("text", "fits"), [("a1-b2", True), ("", False), ("../x", False), ("x" * 65, False), ("é", False)]
)
def test_only_ids_go_into_addresses(text: str, fits: bool) -> None:
    assert is_id(text) is fits


def test_what_names_something_is_a_number_or_a_text() -> None:
    fields = Fields({"a": 7827902075460552, "b": "room", "c": True, "d": -1, "e": "", "f": 2**64, "g": 1.0})
    assert [fields.key(name) for name in "abcdefgh"] == [7827902075460552, "room", *[None] * 6]


def test_of_a_list_of_names_the_rest_is_left_out() -> None:
    assert Fields({"ids": [1, "two", None, True, -3, {}]}).keys("ids") == (1, "two")
    assert Fields({"ids": 1}).keys("ids") == ()
