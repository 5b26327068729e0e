"""libvpx's public encoder interface, as the library inside the PyAV wheel has it: declarations, check, constants.

The declarations are complete and follow libvpx 1.15 to 1.17 (`vpx_encoder.h`, `vpx_image.h`, `vp8cx.h`). The library
refuses an encoder of another interface version, so a mismatch ends in `CodecError`, never in wrong memory.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from visio_desktop.media.bundled import find_library
from visio_desktop.media.declared import interface
from visio_desktop.media.errors import CodecError

ENCODER_ABI = 39
IMAGE_I420 = 0x102
FORCE_KEY_FRAME = 1
FRAME_IS_KEY = 1
DEADLINE_REALTIME_US = 1
SET_CPU_USED = 13
SET_NOISE_SENSITIVITY = 15
SET_STATIC_THRESHOLD = 17
SET_MAX_INTRA_BITRATE_PCT = 26
SET_SCREEN_CONTENT_MODE = 31

_DECLARATIONS = """
typedef struct vpx_codec_iface vpx_codec_iface_t;
typedef int64_t vpx_codec_pts_t;
typedef const void *vpx_codec_iter_t;
typedef struct { void *buf; size_t sz; } vpx_fixed_buf_t;
typedef struct { int num; int den; } vpx_rational_t;

typedef struct {
    const char *name; vpx_codec_iface_t *iface; int err; const char *err_detail; long init_flags;
    const void *config; void *priv;
} vpx_codec_ctx_t;

typedef struct {
    unsigned int g_usage, g_threads, g_profile, g_w, g_h;
    int g_bit_depth;
    unsigned int g_input_bit_depth;
    vpx_rational_t g_timebase;
    uint32_t g_error_resilient;
    int g_pass;
    unsigned int g_lag_in_frames, rc_dropframe_thresh, rc_resize_allowed, rc_scaled_width, rc_scaled_height,
        rc_resize_up_thresh, rc_resize_down_thresh;
    int rc_end_usage;
    vpx_fixed_buf_t rc_twopass_stats_in, rc_firstpass_mb_stats_in;
    unsigned int rc_target_bitrate, rc_min_quantizer, rc_max_quantizer, rc_undershoot_pct, rc_overshoot_pct,
        rc_buf_sz, rc_buf_initial_sz, rc_buf_optimal_sz, rc_2pass_vbr_bias_pct, rc_2pass_vbr_minsection_pct,
        rc_2pass_vbr_maxsection_pct, rc_2pass_vbr_corpus_complexity;
    int kf_mode;
    unsigned int kf_min_dist, kf_max_dist, ss_number_layers;
    int ss_enable_auto_alt_ref[5];
    unsigned int ss_target_bitrate[5], ts_number_layers, ts_target_bitrate[5], ts_rate_decimator[5], ts_periodicity,
        ts_layer_id[16], layer_target_bitrate[12];
    int temporal_layering_mode, use_vizier_rc_params;
    vpx_rational_t factors[15];
} vpx_codec_enc_cfg_t;

typedef struct {
    int kind;
    union {
        struct {
            void *buf; size_t sz; vpx_codec_pts_t pts; unsigned long duration; uint32_t flags; int partition_id;
            unsigned int width[5], height[5];
            uint8_t spatial_layer_encoded[5];
        } frame;
        char pad[124];
    } data;
} vpx_codec_cx_pkt_t;

typedef struct {
    int fmt, cs, range;
    unsigned int w, h, bit_depth, d_w, d_h, r_w, r_h, x_chroma_shift, y_chroma_shift;
    unsigned char *planes[4];
    int stride[4];
    int bps;
    void *user_priv;
    unsigned char *img_data;
    int img_data_owner, self_allocd;
    void *fb_priv;
} vpx_image_t;

const char *vpx_codec_version_str(void);
const char *vpx_codec_err_to_string(int err);
vpx_codec_iface_t *vpx_codec_vp8_cx(void);
int vpx_codec_enc_config_default(vpx_codec_iface_t *iface, vpx_codec_enc_cfg_t *cfg, unsigned int usage);
int vpx_codec_enc_init_ver(vpx_codec_ctx_t *ctx, vpx_codec_iface_t *iface, const vpx_codec_enc_cfg_t *cfg,
                           long flags, int ver);
int vpx_codec_enc_config_set(vpx_codec_ctx_t *ctx, const vpx_codec_enc_cfg_t *cfg);
int vpx_codec_control_(vpx_codec_ctx_t *ctx, int ctrl_id, ...);
int vpx_codec_encode(vpx_codec_ctx_t *ctx, const vpx_image_t *img, vpx_codec_pts_t pts, unsigned long duration,
                     long flags, unsigned long deadline);
const vpx_codec_cx_pkt_t *vpx_codec_get_cx_data(vpx_codec_ctx_t *ctx, vpx_codec_iter_t *iter);
int vpx_codec_destroy(vpx_codec_ctx_t *ctx);
vpx_image_t *vpx_img_wrap(vpx_image_t *img, int fmt, unsigned int d_w, unsigned int d_h, unsigned int stride_align,
                          unsigned char *img_data);
"""

ffi = interface(_DECLARATIONS)


@cache
def load() -> Any:
    """The library, opened and checked once. Raises `CodecError` where it is missing or of another version."""
    path = find_library("libvpx")
    if path is None:
        raise CodecError("vp8", "no libvpx beside PyAV")
    try:
        library = ffi.dlopen(str(path))
        _check(library)
    except (OSError, AttributeError) as error:
        raise CodecError("vp8", f"libvpx cannot be opened: {error}") from error
    return library


def _check(library: Any) -> None:
    config = ffi.new("vpx_codec_enc_cfg_t *")
    context = ffi.new("vpx_codec_ctx_t *")
    interface = library.vpx_codec_vp8_cx()
    # Default settings that land on their names prove the layout of the struct; the version proves the rest.
    if library.vpx_codec_enc_config_default(interface, config, 0) or (
        (config.g_timebase.num, config.g_timebase.den, config.rc_max_quantizer, config.kf_max_dist) != (1, 30, 63, 128)
    ):
        raise CodecError("vp8", "libvpx has other settings than expected")
    if library.vpx_codec_enc_init_ver(context, interface, config, 0, ENCODER_ABI):
        version = ffi.string(library.vpx_codec_version_str()).decode()
        raise CodecError("vp8", f"libvpx {version} has another interface version")
    library.vpx_codec_destroy(context)
