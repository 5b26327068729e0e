from __future__ import annotations

from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.headsets import NUMBERED, PLAIN
from visio_desktop.media.headset import DescriptorRefused
from visio_desktop.media.headset.descriptors import parse
from visio_desktop.media.headset.reports import light_reports, read_report
from visio_desktop.media.headset.telephony import HOOK, LIGHT_MUTE, LIGHT_OFF_HOOK, LIGHT_RING, MUTE


def test_pressed_buttons_are_read_off_the_report_they_stand_in() -> None:
    layout = parse(NUMBERED)
    assert read_report(layout, bytes([2, 0b101])) == {HOOK: True, 0x0B0097: False, MUTE: True}
    assert read_report(layout, bytes([1, 0xFF])) == {}
    assert read_report(layout, bytes([2])) == {}


def test_a_choice_and_a_button_of_a_report_without_a_number() -> None:
    layout = parse(PLAIN)
    assert read_report(layout, bytes([1, 1])) == {MUTE: True, HOOK: True, 0x0B0021: False}
    assert read_report(layout, bytes([0, 2])) == {MUTE: False, HOOK: False, 0x0B0021: True}
    assert read_report(layout, bytes([0, 77]))[HOOK] is False


def test_lights_are_set_in_the_report_they_stand_in() -> None:
    lit = {LIGHT_OFF_HOOK: True, LIGHT_MUTE: True, LIGHT_RING: False}
    assert light_reports(parse(NUMBERED), lit) == (bytes([2, 0b011]),)
    assert light_reports(parse(PLAIN), lit) == (bytes([0, 1]),)
    assert light_reports(parse(PLAIN), {LIGHT_OFF_HOOK: True}) == ()


@given(st.binary(max_size=200), st.binary(max_size=80), st.booleans())
def test_no_report_and_no_descriptor_breaks_it(descriptor: bytes, report: bytes, on: bool) -> None:
    for layout in (parse(NUMBERED), parse(PLAIN)):
        assert all(isinstance(pressed, bool) for pressed in read_report(layout, report).values())
    with suppress(DescriptorRefused):
        strange = parse(descriptor)
        read_report(strange, report)
        light_reports(strange, {light.usage: on for light in strange.lights})
