from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.headsets import NUMBERED, PLAIN
from visio_desktop.media.headset import DescriptorRefused
from visio_desktop.media.headset.descriptors import MOST_BYTES, Choice, Control, parse

MUTE, HOOK = 0x0B002F, 0x0B0020


def test_buttons_and_lights_stand_where_the_descriptor_says() -> None:
    layout = parse(NUMBERED)
    assert layout.buttons == (
        Control(HOOK, 2, 0, 1),
        Control(0x0B0097, 2, 1, 1),
        Control(MUTE, 2, 2, 1, is_relative=True),
    )
    assert layout.lights == tuple(Control(0x080000 | usage, 2, at, 1) for at, usage in enumerate((0x17, 0x09, 0x18)))
    assert (layout.numbered, layout.bytes_out, layout.choices) == (True, ((2, 1),), ())


def test_a_choice_holds_which_of_its_usages_is_pressed() -> None:
    layout = parse(PLAIN)
    assert layout.buttons == (Control(MUTE, 0, 0, 1),)
    assert layout.choices == (Choice((HOOK, 0x0B0021), 0, 8, 8, 1, 1),)
    assert layout.has(HOOK)
    assert not layout.has(0x0B0022)
    assert not layout.numbered


def test_what_was_pushed_comes_back_and_a_wide_usage_brings_its_page() -> None:
    kept = bytes.fromhex("05 0B 75 01 95 01 A4 05 0C 75 08 B4 09 2F 81 02  0B 20 00 0B 00 81 02  FE 02 00 AA BB")
    assert parse(kept).buttons == (Control(MUTE, 0, 0, 1), Control(HOOK, 0, 1, 1))


@pytest.mark.parametrize(
    "descriptor",
    [
        b"",
        bytes(MOST_BYTES + 1),
        bytes.fromhex("05"),
        bytes.fromhex("85 00"),
        bytes.fromhex("B4"),
        bytes.fromhex("A4") * 40,
        bytes.fromhex("A1 01") * 40,
        bytes.fromhex("05 0B 75 20 97 FF FF FF 7F 09 20 81 02"),
        bytes.fromhex("05 0B 1A 00 00 2A FF FF 75 01 95 01 81 02"),
    ],
)
def test_what_is_out_of_bounds_is_refused(descriptor: bytes) -> None:
    with pytest.raises(DescriptorRefused):
        parse(descriptor)


@given(st.one_of(st.binary(max_size=600), st.binary(max_size=60).map(lambda more: NUMBERED[:-1] + more)))
def test_any_bytes_are_understood_or_refused(descriptor: bytes) -> None:
    with suppress(DescriptorRefused):
        layout = parse(descriptor)
        sizes = dict(layout.bytes_out)
        assert all(light.bit + light.bits <= 8 * sizes[light.report] for light in layout.lights)
