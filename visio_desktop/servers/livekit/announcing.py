"""What a track of ours is announced as, and which of its layers the server says anybody watches (dynacast)."""

from __future__ import annotations

from livekit.protocol.models import AudioTrackFeature, TrackSource, TrackType, VideoLayer, VideoQuality
from livekit.protocol.rtc import AddTrackRequest, SimulcastCodec, SubscribedQualityUpdate

from visio_desktop.meeting.values import Source
from visio_desktop.rtc.frames import Codec, SendLayer
from visio_desktop.servers.livekit.dialect import SOURCES
from visio_desktop.servers.port import PublishRequest

_TRACK_SOURCES = {source: number for number, source in SOURCES.items()}
_QUALITIES = (VideoQuality.LOW, VideoQuality.MEDIUM, VideoQuality.HIGH)


def announcement(request: PublishRequest, cid: str) -> AddTrackRequest:
    """The request to add a track; `cid` is its id in our offer."""
    announced = AddTrackRequest(
        cid=cid,
        name=request.source.value,
        type=TrackType.VIDEO if request.source.is_video else TrackType.AUDIO,
        source=_TRACK_SOURCES.get(request.source, TrackSource.UNKNOWN),
        muted=request.muted,
    )
    if request.stereo or request.source is Source.SCREEN_AUDIO:
        # What programs play, and sound that is sent as it is, is stereo, and too much to be sent twice.
        announced.stereo = announced.disable_red = True
        announced.audio_features.append(AudioTrackFeature.TF_STEREO)
    if request.source.is_video:
        layers = _layers(request)
        announced.width, announced.height = request.width_px, request.height_px
        announced.layers.extend(layers)
        codec = SimulcastCodec(codec=request.codecs[0].value, cid=cid, layers=layers)
        announced.simulcast_codecs.append(codec)
    return announced


def watched_layers(update: SubscribedQualityUpdate, codec: Codec, layers: int) -> tuple[bool, ...] | None:
    """Which layers of a track of this codec are watched, lowest first; None where the update is of other codecs.

    A track without simulcast has one layer, watched in whatever quality.
    """
    by_codec = {each.codec.lower(): each.qualities for each in update.subscribed_codecs}
    qualities = by_codec.get(codec.value) if by_codec else update.subscribed_qualities
    if qualities is None:
        return None
    watched = {each.quality for each in qualities if each.enabled}
    return tuple(quality in watched for quality in _QUALITIES[:layers]) if layers > 1 else (bool(watched),)


def _layers(request: PublishRequest) -> list[VideoLayer]:
    if len(request.layers) <= 1:
        whole = SendLayer("", 1.0, request.bitrate_bps)
        return [_layer(request, VideoQuality.HIGH, whole)]
    return [_layer(request, quality, layer) for quality, layer in zip(_QUALITIES, request.layers, strict=False)]


def _layer(request: PublishRequest, quality: VideoQuality, layer: SendLayer) -> VideoLayer:
    return VideoLayer(
        quality=quality,
        width=round(request.width_px / layer.scale_down),
        height=round(request.height_px / layer.scale_down),
        bitrate=layer.bitrate_bps,
    )
