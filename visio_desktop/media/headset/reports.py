"""Reading what a headset reports and writing what its lights shall show, by its layout."""

from __future__ import annotations

from collections.abc import Mapping

from visio_desktop.media.headset.descriptors import TELEPHONY, Layout


def read_report(layout: Layout, report: bytes) -> dict[int, bool]:
    """The telephony buttons a report speaks of, by usage, and whether each is pressed; any bytes are taken."""
    number, body = (report[0], report[1:]) if layout.numbered and report else (0, report)
    states: dict[int, bool] = {}
    for control in layout.buttons:
        if control.report == number and control.bit + control.bits <= 8 * len(body):
            states[control.usage] = bool(_bits(body, control.bit, control.bits))
    for choice in layout.choices:
        if choice.report != number or choice.bit + choice.bits * choice.count > 8 * len(body):
            continue
        places = (_bits(body, choice.bit + at * choice.bits, choice.bits) - choice.least for at in range(choice.count))
        chosen = {choice.usages[place] for place in places if 0 <= place < len(choice.usages)}
        states |= {usage: usage in chosen for usage in choice.usages if usage >> 16 == TELEPHONY}
    return states


def light_reports(layout: Layout, lit: Mapping[int, bool]) -> tuple[bytes, ...]:
    """The reports that light these lights and no others, each beginning with its number, 0 where there are none."""
    bodies = {report: bytearray(size) for report, size in layout.bytes_out}
    told: set[int] = set()
    for light in layout.lights:
        if light.usage in lit:
            told.add(light.report)
            if lit[light.usage]:
                bodies[light.report][light.bit // 8] |= 1 << light.bit % 8
    return tuple(bytes((report,)) + bytes(body) for report, body in bodies.items() if report in told)


def _bits(body: bytes, bit: int, bits: int) -> int:
    return int.from_bytes(body, "little") >> bit & (1 << bits) - 1
