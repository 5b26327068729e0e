"""What a notice lets one do at once: at most one thing. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from visio_desktop.meeting import hotplug
from visio_desktop.meeting.errands import Errand, LogIn
from visio_desktop.meeting.intents import UseDevices
from visio_desktop.meeting.rooms import RecordingKind
from visio_desktop.meeting.values import Capability, ProblemCode, Toast
from visio_desktop.system.texts import tr

_ABOUT_MICROPHONE: Final = (
    ProblemCode.MICROPHONE_SILENT,
    ProblemCode.MICROPHONE_MUTED,
    ProblemCode.MICROPHONE_NOTHING,
)


@dataclass(frozen=True, slots=True)
class ToastAction:
    """A button of a notice: what is to be recorded, which is asked about before it begins, or what is asked for.

    `settings`: it leads there.
    """

    text: str
    records: RecordingKind | None = None
    errand: Errand | UseDevices | None = None
    settings: bool = False


def action_of(toast: Toast, capabilities: Capability) -> ToastAction | None:
    """The one thing to do about it, None where there is nothing, or where one may not."""
    match toast.key:
        case "recording_requested" if Capability.RECORD in capabilities:
            return ToastAction(tr("recording.start_screen_recording"), RecordingKind.SCREEN)
        case "transcript_requested" if Capability.TRANSCRIBE in capabilities:
            return ToastAction(tr("recording.start_transcript"), RecordingKind.TRANSCRIPT)
        case "login_lapsed":
            server = dict(toast.arguments).get("server", "")
            return ToastAction(tr("account.log_in_again"), errand=LogIn(server))
        case hotplug.NEW:
            return ToastAction(tr("sound.use_it"), errand=UseDevices(hotplug.offered(toast)))
        case _ if toast.problem is not None and toast.problem.code in _ABOUT_MICROPHONE:
            return ToastAction(tr("sound.open_settings"), settings=True)
        case _:
            return None
