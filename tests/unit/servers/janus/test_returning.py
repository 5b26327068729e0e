from __future__ import annotations

from visio_desktop.servers.fields import Fields
from visio_desktop.servers.janus.returning import publishers


def test_the_streams_of_a_subscription_are_told_as_those_of_publishers() -> None:
    streams = [
        {"type": "video", "feed_id": 1, "feed_mid": "1", "feed_display": "Ada", "feed_description": "camera"},
        {"type": "audio", "feed_id": 1, "feed_mid": "2", "feed_display": "Ada"},
        {"type": "data", "source_ids": [1]},
        {"type": "video", "feed_id": 2, "feed_mid": "1", "feed_display": "Bob"},
    ]
    assert [each.plain() for each in publishers(Fields({"streams": streams}))] == [
        {
            "id": 1,
            "display": "Ada",
            "streams": [
                {"type": "video", "mid": "1", "description": "camera"},
                {"type": "audio", "mid": "2", "description": ""},
            ],
        },
        {"id": 2, "display": "Bob", "streams": [{"type": "video", "mid": "1", "description": ""}]},
    ]
