from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.settings.schema import SCHEMA, Setting, UnknownSetting, ValueRefused, ports, setting
from visio_desktop.system.texts import LANGUAGES, set_language, tr

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


@pytest.mark.parametrize("declared", SCHEMA.values(), ids=lambda s: s.key)
def test_every_default_fits_its_own_setting(declared: Setting) -> None:
    assert declared.check(declared.default) == declared.default


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("declared", SCHEMA.values(), ids=lambda s: s.key)
def test_every_setting_has_its_texts(declared: Setting, language: str) -> None:
    set_language(language)
    keys = [f"settings.{declared.key}", f"settings.{declared.key}.help"]
    keys += [f"settings.{declared.key}.{choice}" for choice in declared.choices]
    assert all(tr(key) != key for key in keys)
    set_language(None)


@given(st.sampled_from(list(SCHEMA.values())), ANYTHING)
def test_a_value_is_right_or_refused(declared: Setting, raw: object) -> None:
    try:
        value = declared.check(raw)
    except ValueRefused:
        return
    assert declared.check(value) == value


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [("camera_on", "false", False), ("name", "Ada", "Ada"), ("language", "fr", "fr"), ("recents", "a b", ("a", "b"))],
)
def test_texts_become_values(key: str, text: str, value: object) -> None:
    assert setting(key).parse(text) == value


@pytest.mark.parametrize(
    ("key", "text"), [("camera_on", "yes"), ("language", "tlh"), ("name", "x" * 81), ("name", "a\n")]
)
def test_texts_that_do_not_fit_are_refused(key: str, text: str) -> None:
    with pytest.raises(ValueRefused):
        setting(key).parse(text)


def test_an_unknown_setting_is_named() -> None:
    with pytest.raises(UnknownSetting, match="colour"):
        setting("colour")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("50000-50100", (50_000, 50_100)),
        ("50000-50000", (50_000, 50_000)),
        ("50100-50000", None),
        ("80-90", None),
        ("50000-70000", None),
        ("50000", None),
        ("", None),
    ],
)
def test_ranges_of_ports(text: str, found: tuple[int, int] | None) -> None:
    assert ports(text) == found


def test_a_range_of_ports_is_right_or_refused() -> None:
    assert setting("udp_ports").check("") == ""
    assert setting("udp_ports").check("50000-50100") == "50000-50100"
    with pytest.raises(ValueRefused):
        setting("udp_ports").check("80-90")


def test_colours_and_choices_of_several_are_right_or_refused() -> None:
    assert setting("brand_colour").check("#a0b1c2") == "#A0B1C2"
    assert setting("video_codecs").check(["av1", "vp8", "av1"]) == ("vp8", "av1")
    assert setting("video_codecs").parse("h264 vp9") == ("vp9", "h264")
    for key, wrong in (("brand_colour", "red"), ("brand_colour", "#12345"), ("video_codecs", ["theora"])):
        with pytest.raises(ValueRefused):
            setting(key).check(wrong)
