"""The VP8 encoder: libvpx in real-time mode, whose bitrate follows the network without a key frame.

Settings are those WebRTC uses, except a higher speed: at -8 a 720p30 picture costs two thirds of -6 for 0.1 dB. The
rate control's buffers (1000, 500, 600 ms) are short so that a step up is reached within a second.

Large pictures are drawn at -14, which is half pixels and the simple filter: 60 to 70 % of -8's time for at most 0.4 dB
at their usual bitrate, often for none. Small ones stay at -8: there a quarter of a pixel is much of what moves, and -14
would cost 1 to 3 dB to save a twentieth of a picture's whole time. Blocks that differ less from what is there already
than a camera's noise (45 dB in large pictures, 47 in small ones) are left as they are.

Where a shared screen gets too few bits, pictures are left out: text in blocks is no text. Without that, a page of small
print scrolled at 5 pictures a second took 2.3 Mb/s of the 0.3 it was given; with it, and with a finer coarsest step, it
takes 0.9, and what stands still is 2 to 4 dB better. At speed -16 a page that is written on costs a quarter less for
0.1 dB.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from visio_desktop.media import vpx_library as vpx
from visio_desktop.media.encoders import EncodedPicture, EncodeSettings
from visio_desktop.media.errors import CodecError
from visio_desktop.media.raw import even_up

if TYPE_CHECKING:
    from visio_desktop.media.raw import RawFrame

_CBR = 1
_RTP_CLOCK_HZ = 90_000
_BUFFER_MS, _BUFFER_INITIAL_MS, _BUFFER_OPTIMAL_MS = 1000, 500, 600
_LOWEST_QUANTIZER, _HIGHEST_QUANTIZER, _HIGHEST_QUANTIZER_SCREEN = 2, 56, 48
_LEAVE_OUT_BELOW_PCT = 30
_NEVER = 1_000_000
_CPU_USED, _CPU_USED_LARGE, _CPU_USED_SCREEN = -8, -14, -16
_STILL, _STILL_LARGE, _STILL_SCREEN = 300, 500, 100
_LARGE_PX = 640_000
_LONGEST_INTERVALS = 10
_NEW_PART = 0.05


class Vp8Encoder:
    """Encodes pictures of one size. Raises `CodecError` where libvpx is not there or refuses."""

    def __init__(self, settings: EncodeSettings) -> None:
        self._library = vpx.load()
        self._context = vpx.ffi.new("vpx_codec_ctx_t *")
        self._image = vpx.ffi.new("vpx_image_t *")
        self._config = self._configure(settings)
        self._frame_ticks = _RTP_CLOCK_HZ // settings.fps
        self._shortest_ms = 500 / settings.fps
        self._interval_ms = 1000 / settings.fps
        self._before_ms: float | None = None
        self._ticks = 0
        interface = self._library.vpx_codec_vp8_cx()
        self._demand(self._library.vpx_codec_enc_init_ver(self._context, interface, self._config, 0, vpx.ENCODER_ABI))
        self._open = True
        for control, value in self._controls(settings):
            self._demand(self._library.vpx_codec_control_(self._context, control, vpx.ffi.cast("int", value)))

    def encode(self, frame: RawFrame, *, key: bool) -> EncodedPicture | None:
        """Encode one picture; None where the rate control dropped it."""
        if not self._open or (frame.width_px, frame.height_px) != (self._config.g_w, self._config.g_h):
            raise CodecError("vp8", f"not open for {frame.width_px}x{frame.height_px}")
        flags = vpx.FORCE_KEY_FRAME if key else 0
        planes = self._point_at(frame)
        self._advance(frame.capture_ms)
        self._demand(
            self._library.vpx_codec_encode(
                self._context, self._image, self._ticks, self._frame_ticks, flags, vpx.DEADLINE_REALTIME_US
            )
        )
        del planes
        return self._collect()

    def set_bitrate(self, bitrate_bps: int) -> None:
        """Aim at another bitrate; no key frame follows from it."""
        kilobits = max(1, bitrate_bps // 1000)
        if self._open and kilobits != self._config.rc_target_bitrate:
            self._config.rc_target_bitrate = kilobits
            self._demand(self._library.vpx_codec_enc_config_set(self._context, self._config))

    def close(self) -> None:
        """Release libvpx's memory; may be called twice."""
        if self._open:
            self._open = False
            self._library.vpx_codec_destroy(self._context)

    def __del__(self) -> None:
        if getattr(self, "_open", False):
            self.close()

    def _advance(self, capture_ms: float) -> None:
        # The rate control reads the picture rate off these times, one gap being enough to make it believe in another
        # rate: after 500 ms without a picture it sent three times the bits for a second. So they only drift with it.
        if self._before_ms is not None:
            passed_ms = capture_ms - self._before_ms
            passed_ms = min(max(passed_ms, self._shortest_ms), _LONGEST_INTERVALS * self._shortest_ms)
            self._interval_ms += _NEW_PART * (passed_ms - self._interval_ms)
            self._ticks += max(1, int(self._interval_ms * _RTP_CLOCK_HZ / 1000))
        self._before_ms = capture_ms

    def _configure(self, settings: EncodeSettings) -> Any:
        config = vpx.ffi.new("vpx_codec_enc_cfg_t *")
        self._demand(self._library.vpx_codec_enc_config_default(self._library.vpx_codec_vp8_cx(), config, 0))
        config.g_threads = 1
        config.g_w, config.g_h = even_up(settings.width_px), even_up(settings.height_px)
        config.g_timebase.num, config.g_timebase.den = 1, _RTP_CLOCK_HZ
        config.g_lag_in_frames = 0
        config.rc_end_usage = _CBR
        config.rc_target_bitrate = max(1, settings.bitrate_bps // 1000)
        config.rc_min_quantizer = _LOWEST_QUANTIZER
        config.rc_max_quantizer = _HIGHEST_QUANTIZER_SCREEN if settings.screen else _HIGHEST_QUANTIZER
        config.rc_undershoot_pct, config.rc_overshoot_pct = 100, 15
        config.rc_buf_sz, config.rc_buf_initial_sz = _BUFFER_MS, _BUFFER_INITIAL_MS
        config.rc_buf_optimal_sz = _BUFFER_OPTIMAL_MS
        config.rc_dropframe_thresh = _LEAVE_OUT_BELOW_PCT
        config.kf_max_dist = _NEVER
        return config

    @staticmethod
    def _controls(settings: EncodeSettings) -> tuple[tuple[int, int], ...]:
        largest_key_frame_pct = max(300, _BUFFER_OPTIMAL_MS * settings.fps // 20)
        speed, still = _CPU_USED, _STILL
        if settings.screen:
            speed, still = _CPU_USED_SCREEN, _STILL_SCREEN
        elif settings.width_px * settings.height_px >= _LARGE_PX:
            speed, still = _CPU_USED_LARGE, _STILL_LARGE
        return (
            (vpx.SET_CPU_USED, speed),
            (vpx.SET_NOISE_SENSITIVITY, 0),
            (vpx.SET_STATIC_THRESHOLD, still),
            (vpx.SET_MAX_INTRA_BITRATE_PCT, largest_key_frame_pct),
            (vpx.SET_SCREEN_CONTENT_MODE, 1 if settings.screen else 0),
        )

    def _point_at(self, frame: RawFrame) -> list[Any]:
        """Let the image look at the frame's planes; the answer keeps them in place."""
        planes = [vpx.ffi.from_buffer("unsigned char[]", plane) for plane in self._contiguous(frame)]
        width, height = frame.width_px, frame.height_px
        self._library.vpx_img_wrap(self._image, vpx.IMAGE_I420, width, height, 1, planes[0])
        for index, plane in enumerate(planes):
            self._image.planes[index] = plane
            self._image.stride[index] = width if index == 0 else width // 2
        return planes

    @staticmethod
    def _contiguous(frame: RawFrame) -> tuple[Any, ...]:
        planes = (frame.y, frame.u, frame.v)
        return tuple(plane if plane.flags.c_contiguous else plane.copy() for plane in planes)

    def _collect(self) -> EncodedPicture | None:
        iterator = vpx.ffi.new("vpx_codec_iter_t *")
        packet = self._library.vpx_codec_get_cx_data(self._context, iterator)
        while packet:
            if packet.kind == 0:
                frame = packet.data.frame
                return EncodedPicture(bytes(vpx.ffi.buffer(frame.buf, frame.sz)), bool(frame.flags & vpx.FRAME_IS_KEY))
            packet = self._library.vpx_codec_get_cx_data(self._context, iterator)
        return None

    def _demand(self, error: int) -> None:
        if error:
            reason = vpx.ffi.string(self._library.vpx_codec_err_to_string(error)).decode()
            raise CodecError("vp8", reason)
