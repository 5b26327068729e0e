"""Strong noise suppression, an extra: DeepFilterNet 3 in place of the usual noise suppression (docs/decisions/0042).

The package of the extra brings a library, called through its C interface (libDF/src/capi.rs: samples between -1 and 1,
10 ms at a time), and a network. Sound comes out 30 ms later. The library ends the program where a network is broken, so
it is given none but the one it was made for.

StrongNoiseError   it cannot be had here, or no longer works
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import numpy as np

from visio_desktop.media.declared import interface
from visio_desktop.media.processing import LiveKitProcessing, Processing
from visio_desktop.media.samples import BLOCK, Pcm, from_pcm, silence, to_pcm
from visio_desktop.meeting.values import SoundWishes
from visio_desktop.system.extras import STRONG_NOISE
from visio_desktop.system.log import get_logger

_log = get_logger(__name__)

NETWORK_SHA256: Final = "c94d91f70911001c946e0fabb4aa9adc37045f45a03b56008cb0c8244cb63616"
"""Of DeepFilterNet3_onnx.tar.gz as DeepFilterNet 0.5.6 has published it."""

_NO_LIMIT_DB: Final = 100.0
_DECLARATIONS: Final = """
typedef struct DFState DFState;
DFState *df_create(const char *path, float atten_lim, const char *log_level);
size_t df_get_frame_length(DFState *st);
float df_process_frame(DFState *st, float *input, float *output);
void df_free(DFState *model);
"""


class StrongNoiseError(Exception):
    """It cannot be had here, or no longer works."""


class StrongNoise:
    """One voice's noise suppression. What it holds is released with the last reference to it."""

    def __init__(self) -> None:
        ffi, self._library, network = _loaded()
        made = self._library.df_create(network, _NO_LIMIT_DB, ffi.NULL)
        if made == ffi.NULL:
            raise StrongNoiseError("nothing was made")
        self._state = ffi.gc(made, self._library.df_free)
        if self._library.df_get_frame_length(self._state) != BLOCK:
            raise StrongNoiseError("it takes other blocks")
        self._heard, self._clean = silence(BLOCK), silence(BLOCK)
        self._in, self._out = ffi.from_buffer("float[]", self._heard), ffi.from_buffer("float[]", self._clean)

    def clean(self, block: Pcm) -> Pcm:
        """10 ms without noise, of 30 ms before. Raises `StrongNoiseError`."""
        self._heard[:] = from_pcm(block)
        self._library.df_process_frame(self._state, self._in, self._out)
        if not np.isfinite(self._clean).all():
            raise StrongNoiseError("what came out is no sound")
        return to_pcm(self._clean)


class StrongProcessing:
    """The usual processing, with noise taken out behind it; once that fails as usual, and `on_lost` is called."""

    def __init__(self, wishes: SoundWishes, noise: StrongNoise, on_lost: Callable[[], None]) -> None:
        self._wishes = wishes
        self._noise: StrongNoise | None = noise
        self._usual = LiveKitProcessing(replace(wishes, noise=False))
        self._on_lost = on_lost

    def process(self, near: Pcm, far: Pcm) -> Pcm:
        """See `Processing`."""
        clean = self._usual.process(near, far)
        if self._noise is None:
            return clean
        try:
            return np.concatenate([self._noise.clean(clean[at : at + BLOCK]) for at in range(0, len(clean), BLOCK)])
        except StrongNoiseError as error:
            _log.warning("strong_noise_suppression_failed", error=str(error))
            self._noise, self._usual = None, _fallback(self._wishes)
            self._on_lost()
            return clean


def load_strong(wishes: SoundWishes, on_lost: Callable[[], None]) -> Processing:
    """Strong noise suppression, or where there is none the usual, and `on_lost` is called."""
    try:
        return StrongProcessing(wishes, StrongNoise(), on_lost)
    except StrongNoiseError as error:
        _log.warning("strong_noise_suppression_unavailable", error=str(error))
        on_lost()
        return _fallback(wishes)


def _fallback(wishes: SoundWishes) -> LiveKitProcessing:
    return LiveKitProcessing(replace(wishes, strong=False, noise=True))


@cache
def _loaded() -> tuple[Any, Any, bytes]:
    """The interface, the library and the path of its network, which it takes in UTF-8. Raises `StrongNoiseError`."""
    try:
        assets = import_module(STRONG_NOISE).runtime_assets()
        network = Path(assets.model_path)
        if hashlib.sha256(network.read_bytes()).hexdigest() != NETWORK_SHA256:
            raise StrongNoiseError("its network is another")
        path = str(network).encode()
        ffi = interface(_DECLARATIONS)
        library = ffi.dlopen(str(assets.library_path))
        for name in ("df_create", "df_get_frame_length", "df_process_frame", "df_free"):
            getattr(library, name)
    except (ImportError, OSError, AttributeError, RuntimeError, UnicodeError) as error:
        raise StrongNoiseError(str(error)) from error
    return ffi, library, path
