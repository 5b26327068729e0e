"""What goes wrong with devices, files and codecs, in the meeting's terms.

MediaError          `problem` is what a person is told, the message is for the log
 +-- DeviceError    a device is missing, in use, or stopped delivering
 +-- EffectError    what is to be done to one's own picture cannot be, or a picture to put behind it is not usable
 +-- FileError      a media file is missing or cannot be read
 +-- CodecError     an encoder or decoder is not there or refuses its input
"""

from __future__ import annotations

from visio_desktop.meeting.values import Problem, ProblemCode


class MediaError(Exception):
    """Base of this package's errors."""

    def __init__(self, problem: Problem, detail: str = "") -> None:
        super().__init__(f"{problem.code.value} {problem.subject}: {detail}")
        self.problem = problem


class DeviceError(MediaError):
    """A device cannot be used."""


class EffectError(MediaError):
    """The background cannot be hidden, or not with this picture."""


class FileError(MediaError):
    """A media file cannot be used."""


class CodecError(MediaError):
    """A codec cannot be used."""

    def __init__(self, codec: str, detail: str = "") -> None:
        super().__init__(Problem(ProblemCode.INTERNAL, codec), detail)
