"""Opus (RFC 6716) through the libopus inside the PyAV wheel: live settings, in-band FEC, DTX and loss concealment.

The library is called through its public C interface (cffi, ABI mode). Where it cannot be loaded,
`new_encoder` and `new_decoder` fall back to PyAV, which can do neither FEC decoding nor concealment.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np

from visio_desktop.media.bundled import find_library
from visio_desktop.media.declared import interface
from visio_desktop.media.samples import FRAME, RATE_HZ, Samples
from visio_desktop.system.log import get_logger

if TYPE_CHECKING:
    from cffi import FFI

_log = get_logger(__name__)

MAX_PAYLOAD: Final = 1275 * 3
"""Nothing longer is looked at, in bytes."""

MAX_SAMPLES: Final = 5760
"""The longest packet, 120 ms."""

_DECLARATIONS: Final = """
typedef struct OpusEncoder OpusEncoder;
typedef struct OpusDecoder OpusDecoder;
const char *opus_get_version_string(void);
OpusEncoder *opus_encoder_create(int32_t rate, int channels, int application, int *error);
int32_t opus_encode_float(OpusEncoder *st, const float *pcm, int frame_size, unsigned char *data, int32_t max_bytes);
int opus_encoder_ctl(OpusEncoder *st, int request, ...);
void opus_encoder_destroy(OpusEncoder *st);
OpusDecoder *opus_decoder_create(int32_t rate, int channels, int *error);
int opus_decode_float(OpusDecoder *st, const unsigned char *data, int32_t length, float *pcm, int size, int fec);
void opus_decoder_destroy(OpusDecoder *st);
int opus_packet_has_lbrr(const unsigned char packet[], int32_t length);
"""
_VOIP: Final = 2048
_AUDIO: Final = 2049
_SET_BITRATE: Final = 4002
_SET_COMPLEXITY: Final = 4010
_SET_INBAND_FEC: Final = 4012
_SET_PACKET_LOSS: Final = 4014
_SET_DTX: Final = 4016
_SET_SIGNAL: Final = 4024
_SIGNAL_VOICE: Final = 3001
_SIGNAL_MUSIC: Final = 3002
_RESET_STATE: Final = 4028
_COMPLEXITY: Final = 3
_MUSIC_COMPLEXITY: Final = 5


class Encoder(Protocol):
    """Makes one payload of each 20 ms."""

    def encode(self, samples: Samples) -> bytes:
        """The payload of 960 samples, or pairs of them; of at most two bytes where DTX found nothing worth sending."""

    def set_bitrate(self, bitrate_bps: int) -> None:
        """Aim at another rate from the next frame on."""

    def set_expected_loss(self, fraction: float) -> None:
        """Prepare for this share of lost packets, 0 to 1, by in-band FEC."""

    def reset(self) -> None:
        """Forget all sound heard so far."""


class Decoder(Protocol):
    """Makes sound of payloads, or of their absence."""

    def decode(self, payload: bytes) -> Samples | None:
        """The samples of a payload, None if it is no Opus."""

    def recover(self, next_payload: bytes, samples: int) -> Samples | None:
        """The frame before `next_payload` from what that carries of it, None where it carries nothing."""

    def conceal(self, samples: int) -> Samples:
        """Likely sound in place of a missing frame; fades the longer it goes on."""


def new_encoder(bitrate_bps: int = 32_000) -> Encoder:
    """The best encoder this machine has."""
    if load() is not None:
        return LibopusEncoder(bitrate_bps)
    from visio_desktop.media.opus_fallback import PyavEncoder  # noqa: PLC0415 - needed in this rare case only

    return PyavEncoder(bitrate_bps)


def new_music_encoder(bitrate_bps: int) -> Encoder:
    """The best encoder this machine has for anything but a voice; it takes left and right in turn."""
    if load() is not None:
        return LibopusEncoder(bitrate_bps, music=True)
    from visio_desktop.media.opus_fallback import PyavEncoder  # noqa: PLC0415 - needed in this rare case only

    return _MixedDown(PyavEncoder(bitrate_bps))


def new_decoder() -> Decoder:
    """The best decoder this machine has."""
    if load() is not None:
        return LibopusDecoder()
    from visio_desktop.media.opus_fallback import PyavDecoder  # noqa: PLC0415 - needed in this rare case only

    return PyavDecoder()


@cache
def load() -> tuple[FFI, Any] | None:
    """The interface and the library, None where there is none of a version we know."""
    path = find_library("libopus")
    if path is None:
        return None
    ffi = interface(_DECLARATIONS)
    try:
        library: Any = ffi.dlopen(str(path))
        text: Any = ffi.string(library.opus_get_version_string())
        version = text.decode("ascii", "replace")
    except (OSError, AttributeError) as error:
        _log.warning("libopus_unusable", error=str(error))
        return None
    if not version.startswith("libopus 1."):
        _log.warning("libopus_unknown_version", version=version)
        return None
    return ffi, library


def _loaded() -> tuple[FFI, Any]:
    loaded = load()
    if loaded is None:
        raise RuntimeError("libopus is not there")
    return loaded


def duration(payload: bytes) -> int:
    """How many samples at 48 kHz a payload holds, 0 if it is no Opus (RFC 6716 section 3.1)."""
    if not 0 < len(payload) <= MAX_PAYLOAD:
        return 0
    configuration, code = payload[0] >> 3, payload[0] & 3
    count = (1, 2, 2)[code] if code < 3 else (payload[1] & 63 if len(payload) > 1 else 0)  # noqa: PLR2004 - RFC 6716
    samples = count * _frame_samples(configuration)
    return samples if samples <= MAX_SAMPLES else 0


def _frame_samples(configuration: int) -> int:
    if configuration < 12:  # noqa: PLR2004 - SILK, RFC 6716 table 2
        return (480, 960, 1920, 2880)[configuration & 3]
    if configuration < 16:  # noqa: PLR2004 - hybrid
        return (480, 960)[configuration & 1]
    return (120, 240, 480, 960)[configuration & 3]


class LibopusEncoder:
    """Mono for voice with in-band FEC, or stereo for music; with DTX."""

    def __init__(self, bitrate_bps: int, *, music: bool = False) -> None:
        self._ffi, self._library = _loaded()
        error = self._ffi.new("int *")
        encoder = self._library.opus_encoder_create(RATE_HZ, 2 if music else 1, _AUDIO if music else _VOIP, error)
        self._encoder = self._ffi.gc(encoder, self._library.opus_encoder_destroy)
        self._out = self._ffi.new("unsigned char[]", MAX_PAYLOAD)
        self._set(_SET_INBAND_FEC, 0 if music else 1)
        self._set(_SET_DTX, 1)
        self._set(_SET_COMPLEXITY, _MUSIC_COMPLEXITY if music else _COMPLEXITY)
        self._set(_SET_SIGNAL, _SIGNAL_MUSIC if music else _SIGNAL_VOICE)
        self.set_bitrate(bitrate_bps)

    def encode(self, samples: Samples) -> bytes:
        """See `Encoder`."""
        source = self._ffi.from_buffer("float[]", np.ascontiguousarray(samples, dtype=np.float32))
        length = self._library.opus_encode_float(self._encoder, source, FRAME, self._out, MAX_PAYLOAD)
        return bytes(self._ffi.buffer(self._out, length)) if length > 0 else b""

    def set_bitrate(self, bitrate_bps: int) -> None:
        """See `Encoder`."""
        self._set(_SET_BITRATE, bitrate_bps)

    def set_expected_loss(self, fraction: float) -> None:
        """See `Encoder`."""
        self._set(_SET_PACKET_LOSS, round(100 * min(max(fraction, 0.0), 1.0)))

    def reset(self) -> None:
        """See `Encoder`."""
        self._library.opus_encoder_ctl(self._encoder, _RESET_STATE)

    def _set(self, request: int, value: int) -> None:
        self._library.opus_encoder_ctl(self._encoder, request, self._ffi.cast("int32_t", value))


class _MixedDown:
    """Stereo into an encoder that is mono."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder

    def encode(self, samples: Samples) -> bytes:
        """See `Encoder`."""
        return self._encoder.encode(samples.reshape(-1, 2).mean(axis=1, dtype=np.float32))

    def set_bitrate(self, bitrate_bps: int) -> None:
        """See `Encoder`."""
        self._encoder.set_bitrate(bitrate_bps)

    def set_expected_loss(self, fraction: float) -> None:
        """See `Encoder`."""
        self._encoder.set_expected_loss(fraction)

    def reset(self) -> None:
        """See `Encoder`."""
        self._encoder.reset()


class LibopusDecoder:
    """Mono; stereo comes out mixed down."""

    def __init__(self) -> None:
        self._ffi, self._library = _loaded()
        error = self._ffi.new("int *")
        decoder = self._library.opus_decoder_create(RATE_HZ, 1, error)
        self._decoder = self._ffi.gc(decoder, self._library.opus_decoder_destroy)
        self._room = np.zeros(MAX_SAMPLES, dtype=np.float32)
        self._target = self._ffi.from_buffer("float[]", self._room)

    def decode(self, payload: bytes) -> Samples | None:
        """See `Decoder`."""
        return self._run(payload, MAX_SAMPLES, fec=0) if duration(payload) else None

    def recover(self, next_payload: bytes, samples: int) -> Samples | None:
        """See `Decoder`."""
        if not duration(next_payload) or self._library.opus_packet_has_lbrr(next_payload, len(next_payload)) != 1:
            return None
        return self._run(next_payload, samples, fec=1)

    def conceal(self, samples: int) -> Samples:
        """See `Decoder`."""
        made = self._run(None, samples, fec=0)
        return made if made is not None else np.zeros(samples, dtype=np.float32)

    def _run(self, payload: bytes | None, samples: int, *, fec: int) -> Samples | None:
        data, length = (self._ffi.NULL, 0) if payload is None else (payload, len(payload))
        made = self._library.opus_decode_float(self._decoder, data, length, self._target, samples, fec)
        return self._room[:made].copy() if made > 0 else None
