"""A headset of the kernel's own: what is shown of it. How it is used is told in the tests that stand-ins pass, too."""

from __future__ import annotations

from contextlib import closing

from tests.helpers.headsets import HEADSETS, NUMBERED, KernelHeadset
from tests.helpers.rtc_pair import until
from visio_desktop.media.headset.descriptors import parse
from visio_desktop.media.headset.hidraw import find_headsets

WAIT_S = 60.0
KEYBOARD = bytes.fromhex("05 01 09 06 A1 01 05 07 19 E0 29 E7 15 00 25 01 75 01 95 08 81 02 C0")


async def test_it_is_found_by_what_it_says_of_itself() -> None:
    assert KernelHeadset in HEADSETS, "without /dev/uhid the others tell nothing"
    with closing(KernelHeadset("Keyboard", KEYBOARD)), closing(KernelHeadset("Jabra\x07 Evolve  2")):
        await until(lambda: bool(find_headsets()), WAIT_S)
        (found,) = find_headsets()
        assert (found.name, found.layout) == ("Jabra Evolve 2", parse(NUMBERED))
    await until(lambda: not find_headsets(), WAIT_S)
