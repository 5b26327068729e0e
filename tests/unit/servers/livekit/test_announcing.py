from __future__ import annotations

from dataclasses import replace

import pytest
from livekit.protocol.models import TrackSource, TrackType, VideoQuality
from livekit.protocol.rtc import SubscribedCodec, SubscribedQuality, SubscribedQualityUpdate

from visio_desktop.meeting.values import Source
from visio_desktop.rtc.frames import Codec, SendLayer
from visio_desktop.servers.livekit.announcing import announcement, watched_layers
from visio_desktop.servers.port import PublishRequest

LAYERS = (SendLayer("q", 4.0, 140_000), SendLayer("h", 2.0, 480_000), SendLayer("f", 1.0, 1_700_000))
CAMERA = PublishRequest(Source.CAMERA, (Codec.VP8,), False, 1280, 720, 30, 1_700_000, LAYERS)


def qualities(*enabled: int) -> list[SubscribedQuality]:
    return [SubscribedQuality(quality=VideoQuality.Name(n), enabled=n in enabled) for n in range(3)]


def test_layers_are_announced_with_their_sizes_for_the_codec_too() -> None:
    announced = announcement(CAMERA, "cid")
    told = [(layer.quality, layer.width, layer.height, layer.bitrate) for layer in announced.layers]
    assert told == [
        (VideoQuality.LOW, 320, 180, 140_000),
        (VideoQuality.MEDIUM, 640, 360, 480_000),
        (VideoQuality.HIGH, 1280, 720, 1_700_000),
    ]
    (codec,) = announced.simulcast_codecs
    assert (codec.codec, codec.cid, list(codec.layers)) == ("vp8", "cid", list(announced.layers))


def test_two_layers_are_the_two_lower_qualities_and_one_is_the_highest() -> None:
    two, one = replace(CAMERA, layers=LAYERS[:2]), replace(CAMERA, layers=LAYERS[2:])
    assert [layer.quality for layer in announcement(two, "").layers] == [VideoQuality.LOW, VideoQuality.MEDIUM]
    assert [layer.quality for layer in announcement(one, "").layers] == [VideoQuality.HIGH]


def test_sound_has_no_layers() -> None:
    announced = announcement(PublishRequest(Source.MICROPHONE, (Codec.OPUS,), muted=True), "cid")
    assert (announced.type, announced.source, announced.muted) == (TrackType.AUDIO, TrackSource.MICROPHONE, True)
    assert not announced.layers
    assert not announced.simulcast_codecs


@pytest.mark.parametrize(
    ("enabled", "layers", "watched"),
    [
        ((0, 1, 2), 3, (True, True, True)),
        ((0,), 3, (True, False, False)),
        ((), 3, (False, False, False)),
        ((0, 1, 2), 2, (True, True)),
        ((0,), 0, (True,)),
        ((2,), 1, (True,)),
        ((), 1, (False,)),
    ],
)
def test_who_watches_is_read_by_codec_and_from_older_servers(
    enabled: tuple[int, ...], layers: int, watched: tuple[bool, ...]
) -> None:
    codec = SubscribedCodec(codec="vp8", qualities=qualities(*enabled))
    other = SubscribedCodec(codec="vp9", qualities=qualities())
    assert watched_layers(SubscribedQualityUpdate(subscribed_codecs=[other, codec]), Codec.VP8, layers) == watched
    assert watched_layers(SubscribedQualityUpdate(subscribed_qualities=qualities(*enabled)), Codec.VP8, layers) == (
        watched
    )


def test_an_update_of_another_codec_says_nothing() -> None:
    update = SubscribedQualityUpdate(subscribed_codecs=[SubscribedCodec(codec="vp9", qualities=qualities())])
    assert watched_layers(update, Codec.VP8, 3) is None


def test_the_sound_of_a_screen_is_stereo_and_sent_once() -> None:
    announced = announcement(PublishRequest(Source.SCREEN_AUDIO, (Codec.OPUS,)), "cid")
    assert announced.source == TrackSource.SCREEN_SHARE_AUDIO
    assert (announced.stereo, announced.disable_red) == (True, True)
    voice = announcement(PublishRequest(Source.MICROPHONE, (Codec.OPUS,)), "cid")
    assert (voice.stereo, voice.disable_red) == (False, False)
    original = announcement(PublishRequest(Source.MICROPHONE, (Codec.OPUS,), stereo=True), "cid")
    assert (original.stereo, original.disable_red) == (True, True)
