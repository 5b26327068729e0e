"""What was said comes back."""

from __future__ import annotations

from visio_desktop.practice.echo import DELAY_MS, LONGEST, Echo
from visio_desktop.rtc.frames import Codec, EncodedFrame


def frame(text: bytes) -> EncodedFrame:
    return EncodedFrame(Codec.OPUS, text, 0)


def test_each_frame_comes_back_once_in_order_after_the_delay() -> None:
    echo = Echo()
    echo.hear(frame(b"one"), 0)
    echo.hear(frame(b"two"), 20)
    assert echo.due(DELAY_MS - 1) is None
    assert echo.due(DELAY_MS) == b"one"
    assert echo.due(DELAY_MS) is None
    assert echo.due(DELAY_MS + 20) == b"two"
    assert echo.due(DELAY_MS + 1_000) is None
    assert echo.heard == 2


def test_it_keeps_ten_seconds_at_most() -> None:
    echo = Echo()
    for number in range(LONGEST + 3):
        echo.hear(frame(number.to_bytes(2)), number)
    assert echo.due(1e9) == (3).to_bytes(2)
