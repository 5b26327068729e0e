from __future__ import annotations

from visio_desktop.rtc.frames import Codec
from visio_desktop.rtc.payloads import CodecFormat, FormatTable

VP8 = CodecFormat(Codec.VP8, 96, rtx_payload_type=97)
H264 = CodecFormat(Codec.H264, 108, parameters={"packetization-mode": "1"})
OPUS = CodecFormat(Codec.OPUS, 111, red_payload_type=63)


def test_every_payload_type_finds_its_format() -> None:
    table = FormatTable((VP8, H264, OPUS))
    assert table.media == {96: VP8, 108: H264, 111: OPUS}
    assert table.rtx == {97: VP8}
    assert table.red == {63: OPUS}
