"""The value that is shown of a stream."""

from __future__ import annotations

from dataclasses import fields

from visio_desktop.diagnostics.streams import Direction, StreamStatistics


def test_what_is_not_known_is_none() -> None:
    row = StreamStatistics("p", Direction.SENT)
    unknown = {f.name for f in fields(row) if getattr(row, f.name) is None}
    assert {"codec", "fps", "bitrate_bps", "loss_fraction", "rtt_ms", "frozen_ms", "av_skew_ms"} <= unknown
