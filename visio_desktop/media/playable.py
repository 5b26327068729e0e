"""Whether a file can stand in for a device: asked before anybody joins a meeting with it."""

from __future__ import annotations

from visio_desktop.media.file_sound import sound_frames
from visio_desktop.media.sources.file import FileSource
from visio_desktop.media.specs import Spec, SpecKind
from visio_desktop.meeting.values import DeviceKind
from visio_desktop.system.clock import monotonic_ms


def refuse_unplayable(spec: Spec, kind: DeviceKind) -> None:
    """Read the first picture or sound of a `file:`; no other spec is looked at. Blocks. Raises `FileError`."""
    if spec.kind is not SpecKind.FILE:
        return
    if kind is DeviceKind.CAMERA:
        FileSource(spec.value, clock=monotonic_ms).close()
    else:
        frames = sound_frames(spec.value)
        next(frames)
        frames.close()
