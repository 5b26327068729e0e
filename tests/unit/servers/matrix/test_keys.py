from __future__ import annotations

from visio_desktop.servers.matrix.keys import CallDevice, FrameKey, KeyPlace, Plain


def test_a_device_goes_by_one_name_everywhere() -> None:
    assert CallDevice("@ada:h", "A").identity == "@ada:h:A"


def test_no_key_is_shown() -> None:
    me = CallDevice("@ada:h", "A")
    shown = repr((FrameKey("a", 1, b"s3cret"), KeyPlace(me, "!r:h", b"s3cret"), Plain("m", {"body": "s3cret"})))
    assert "s3cret" not in shown
