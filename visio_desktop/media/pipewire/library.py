"""PipeWire's client library, called through its public C interface: what a stream of pictures takes of it.

Structures are those of `pipewire/stream.h`, `spa/buffer/buffer.h` and `spa/utils/hook.h`, in which nothing was changed
since 0.3; what newer versions added to the end of `pw_buffer` is never looked at.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

from visio_desktop.media.declared import interface
from visio_desktop.system.log import get_logger

if TYPE_CHECKING:
    from cffi import FFI

_log = get_logger(__name__)

ERROR, UNCONNECTED, PAUSED, STREAMING = -1, 0, 2, 3
EVENTS_VERSION: Final = 2
INPUT: Final = 0
AUTOCONNECT, MAP_BUFFERS, DONT_RECONNECT = 0x01, 0x04, 0x80
CORRUPTED: Final = 1
"""A buffer that holds no picture: only the mouse has moved, for instance (`SPA_CHUNK_FLAG_CORRUPTED`)."""

_DECLARATIONS: Final = """
typedef struct pw_loop pw_loop;
typedef struct pw_thread_loop pw_thread_loop;
typedef struct pw_context pw_context;
typedef struct pw_core pw_core;
typedef struct pw_stream pw_stream;
typedef struct pw_properties pw_properties;
struct spa_chunk { uint32_t offset; uint32_t size; int32_t stride; int32_t flags; };
struct spa_data {
    uint32_t type; uint32_t flags; int64_t fd; uint32_t mapoffset; uint32_t maxsize; void *data;
    struct spa_chunk *chunk;
};
struct spa_meta { uint32_t type; uint32_t size; void *data; };
struct spa_buffer { uint32_t n_metas; uint32_t n_datas; struct spa_meta *metas; struct spa_data *datas; };
struct pw_buffer { struct spa_buffer *buffer; void *user_data; uint64_t size; };
struct spa_list { struct spa_list *next; struct spa_list *prev; };
struct spa_hook {
    struct spa_list link; const void *funcs; void *data; void (*removed)(struct spa_hook *hook); void *priv;
};
struct pw_stream_events {
    uint32_t version;
    void (*destroy)(void *data);
    void (*state_changed)(void *data, int old, int state, const char *error);
    void (*control_info)(void *data, uint32_t id, const void *control);
    void (*io_changed)(void *data, uint32_t id, void *area, uint32_t size);
    void (*param_changed)(void *data, uint32_t id, const void *param);
    void (*add_buffer)(void *data, struct pw_buffer *buffer);
    void (*remove_buffer)(void *data, struct pw_buffer *buffer);
    void (*process)(void *data);
    void (*drained)(void *data);
    void (*command)(void *data, const void *command);
    void (*trigger_done)(void *data);
};

void pw_init(int *argc, char ***argv);
const char *pw_get_library_version(void);
pw_thread_loop *pw_thread_loop_new(const char *name, const void *props);
pw_loop *pw_thread_loop_get_loop(pw_thread_loop *loop);
int pw_thread_loop_start(pw_thread_loop *loop);
void pw_thread_loop_stop(pw_thread_loop *loop);
void pw_thread_loop_lock(pw_thread_loop *loop);
void pw_thread_loop_unlock(pw_thread_loop *loop);
void pw_thread_loop_destroy(pw_thread_loop *loop);
pw_context *pw_context_new(pw_loop *loop, pw_properties *props, size_t user_data_size);
pw_core *pw_context_connect_fd(pw_context *context, int fd, pw_properties *props, size_t user_data_size);
void pw_context_destroy(pw_context *context);
int pw_core_disconnect(pw_core *core);
pw_properties *pw_properties_new_string(const char *args);
pw_stream *pw_stream_new(pw_core *core, const char *name, pw_properties *props);
void pw_stream_add_listener(pw_stream *stream, struct spa_hook *listener, const struct pw_stream_events *events,
    void *data);
int pw_stream_connect(pw_stream *stream, int direction, uint32_t target, int flags, const void **params,
    uint32_t n_params);
int pw_stream_update_params(pw_stream *stream, const void **params, uint32_t n_params);
struct pw_buffer *pw_stream_dequeue_buffer(pw_stream *stream);
int pw_stream_queue_buffer(pw_stream *stream, struct pw_buffer *buffer);
int pw_stream_disconnect(pw_stream *stream);
void pw_stream_destroy(pw_stream *stream);
"""


@cache
def load() -> tuple[FFI, Any] | None:
    """The interface and the library, begun; None where this machine has none."""
    ffi = interface(_DECLARATIONS)
    try:
        library = ffi.dlopen("libpipewire-0.3.so.0")
    except OSError as error:
        _log.info("libpipewire_missing", error=str(error))
        return None
    library.pw_init(ffi.NULL, ffi.NULL)
    return ffi, library
