"""What a notice lets one do at once: at most one thing. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from visio_desktop.meeting.errands import Errand, LogIn
from visio_desktop.meeting.rooms import RecordingKind
from visio_desktop.meeting.values import Capability, Toast
from visio_desktop.system.texts import tr


@dataclass(frozen=True, slots=True)
class ToastAction:
    """A button of a notice: what is to be recorded, which is asked about before it begins, or what is asked for."""

    text: str
    records: RecordingKind | None = None
    errand: Errand | None = None


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
        case _:
            return None
