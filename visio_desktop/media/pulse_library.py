"""The sound server's client library (libpulse, also what PipeWire speaks), called through its public C interface.

What listening to other programs takes: who plays, and the sound of one of them (`pa_stream_set_monitor_stream`); and
what devices take: which there are, the streams to and from them, and word of every change.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

from visio_desktop.media.declared import interface
from visio_desktop.system.log import get_logger

if TYPE_CHECKING:
    from cffi import FFI

_log = get_logger(__name__)

READY: Final = 4
FAILED: Final = (5, 6)
STREAM_READY: Final = 2
STREAM_FAILED: Final = (3, 4)
SAMPLES_S16LE: Final = 3
TIMED: Final = 0x000A
"""PA_STREAM_INTERPOLATE_TIMING and PA_STREAM_AUTO_TIMING_UPDATE"""
ADJUST_LATENCY: Final = 0x2000
NO_AUTOSPAWN: Final = 0x1
PROGRAM_OUTPUTS: Final = 0x0004
"""PA_SUBSCRIPTION_MASK_SINK_INPUT"""
DEVICES: Final = 0x0083
"""PA_SUBSCRIPTION_MASK_SINK, _SOURCE and _SERVER"""
NO_DEVICE: Final = 0xFFFFFFFF
"""PA_INVALID_INDEX; also "as you like" in buffer sizes."""

_DECLARATIONS: Final = """
typedef struct pa_mainloop pa_mainloop;
typedef struct pa_mainloop_api pa_mainloop_api;
typedef struct pa_context pa_context;
typedef struct pa_stream pa_stream;
typedef struct pa_operation pa_operation;
typedef struct pa_proplist pa_proplist;
typedef struct pa_spawn_api pa_spawn_api;
typedef struct pa_format_info pa_format_info;
typedef struct { int format; uint32_t rate; uint8_t channels; } pa_sample_spec;
typedef struct { uint8_t channels; int map[32]; } pa_channel_map;
typedef struct { uint8_t channels; uint32_t values[32]; } pa_cvolume;
typedef struct { uint32_t maxlength, tlength, prebuf, minreq, fragsize; } pa_buffer_attr;
typedef struct {
    uint32_t index; const char *name; uint32_t owner_module; uint32_t client; uint32_t sink;
    pa_sample_spec sample_spec; pa_channel_map channel_map; pa_cvolume volume;
    uint64_t buffer_usec; uint64_t sink_usec; const char *resample_method; const char *driver;
    int mute; pa_proplist *proplist; int corked; int has_volume; int volume_writable; pa_format_info *format;
} pa_sink_input_info;
typedef struct {
    const char *name; uint32_t index; const char *description; pa_sample_spec sample_spec; pa_channel_map channel_map;
    uint32_t owner_module; pa_cvolume volume; int mute; uint32_t monitor; const char *monitor_name;
    uint64_t latency; const char *driver; int flags; pa_proplist *proplist;
} pa_device_info;
typedef struct {
    const char *user_name; const char *host_name; const char *server_version; const char *server_name;
    pa_sample_spec sample_spec; const char *default_sink_name; const char *default_source_name;
} pa_server_info;
typedef void (*pa_device_info_cb_t)(pa_context *c, const pa_device_info *i, int eol, void *userdata);
typedef void (*pa_server_info_cb_t)(pa_context *c, const pa_server_info *i, void *userdata);
typedef void (*pa_sink_input_info_cb_t)(pa_context *c, const pa_sink_input_info *i, int eol, void *userdata);
typedef void (*pa_context_subscribe_cb_t)(pa_context *c, int t, uint32_t idx, void *userdata);

const char *pa_get_library_version(void);
pa_mainloop *pa_mainloop_new(void);
void pa_mainloop_free(pa_mainloop *m);
int pa_mainloop_prepare(pa_mainloop *m, int timeout);
int pa_mainloop_poll(pa_mainloop *m);
int pa_mainloop_dispatch(pa_mainloop *m);
void pa_mainloop_wakeup(pa_mainloop *m);
pa_mainloop_api *pa_mainloop_get_api(pa_mainloop *m);
pa_context *pa_context_new(pa_mainloop_api *api, const char *name);
int pa_context_connect(pa_context *c, const char *server, int flags, const pa_spawn_api *api);
int pa_context_get_state(const pa_context *c);
void pa_context_disconnect(pa_context *c);
void pa_context_unref(pa_context *c);
void pa_context_set_subscribe_callback(pa_context *c, pa_context_subscribe_cb_t cb, void *userdata);
pa_operation *pa_context_subscribe(pa_context *c, int m, void *cb, void *userdata);
pa_operation *pa_context_get_sink_info_list(pa_context *c, pa_device_info_cb_t cb, void *userdata);
pa_operation *pa_context_get_source_info_list(pa_context *c, pa_device_info_cb_t cb, void *userdata);
pa_operation *pa_context_get_server_info(pa_context *c, pa_server_info_cb_t cb, void *userdata);
pa_operation *pa_context_get_sink_input_info_list(pa_context *c, pa_sink_input_info_cb_t cb, void *userdata);
void pa_operation_unref(pa_operation *o);
const char *pa_proplist_gets(pa_proplist *p, const char *key);
pa_stream *pa_stream_new(pa_context *c, const char *name, const pa_sample_spec *ss, const pa_channel_map *map);
int pa_stream_set_monitor_stream(pa_stream *s, uint32_t sink_input_idx);
int pa_stream_connect_record(pa_stream *s, const char *dev, const pa_buffer_attr *attr, int flags);
int pa_stream_connect_playback(pa_stream *s, const char *dev, const pa_buffer_attr *attr, int flags,
    const pa_cvolume *volume, pa_stream *sync);
int pa_stream_get_state(const pa_stream *s);
size_t pa_stream_writable_size(const pa_stream *s);
int pa_stream_write(pa_stream *s, const void *data, size_t nbytes, void *free_cb, int64_t offset, int seek);
int pa_stream_get_latency(pa_stream *s, uint64_t *r_usec, int *negative);
size_t pa_stream_readable_size(const pa_stream *s);
int pa_stream_peek(pa_stream *s, const void **data, size_t *nbytes);
int pa_stream_drop(pa_stream *s);
int pa_stream_disconnect(pa_stream *s);
void pa_stream_unref(pa_stream *s);
"""


@cache
def load() -> tuple[FFI, Any] | None:
    """The interface and the library, None where this machine has none."""
    ffi = interface(_DECLARATIONS)
    try:
        return ffi, ffi.dlopen("libpulse.so.0")
    except OSError as error:
        _log.info("libpulse_missing", error=str(error))
        return None
