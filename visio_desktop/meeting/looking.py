"""How one's own picture is made: what a person chooses, and what becomes of it where it does not work."""

from __future__ import annotations

from dataclasses import replace

from visio_desktop.meeting import devices, signing, still
from visio_desktop.meeting.changes import Step, nothing, with_toast
from visio_desktop.meeting.effects import CloseDevice, Effect, OpenDevice, Remember, SetSending, ShowStill, WearLook
from visio_desktop.meeting.events import LookTroubled, Preferences, SigningChanged, StillFailed
from visio_desktop.meeting.look import BLUR, OWN_IMAGE, Look
from visio_desktop.meeting.state import Meeting, Page
from visio_desktop.meeting.values import DeviceKind, ProblemCode, Source


def begin(step: Step, event: Preferences) -> Step:
    """Start with the look that was chosen last, before any camera is opened."""
    meeting, effects = step
    return replace(meeting, look=event.look), (WearLook(event.look), *effects)


def choose(meeting: Meeting, look: Look) -> Step:
    """Look like this from now on; another size needs the camera opened anew."""
    before = meeting.look
    if look == before and meeting.look_problem is None:
        return nothing(meeting)
    camera = meeting.camera
    if camera.problem is not None and camera.problem.code is ProblemCode.BACKGROUND_TOO_SLOW:
        camera = replace(camera, problem=None)
    changed = replace(meeting, look=look, look_problem=None, camera=camera)
    is_new_file = look.background.startswith(OWN_IMAGE) and look.background != before.background
    worn = replace(look, still=before.still) != before or meeting.look_problem is not None
    effects: list[Effect] = [WearLook(look, trial=is_new_file)] if worn else []
    if look.still and look.still != before.still:
        effects.append(ShowStill(look.still, trial=True))
    if look.quality is not before.quality and devices.in_use(meeting, DeviceKind.CAMERA):
        effects.append(OpenDevice(DeviceKind.CAMERA, camera.to_open))
    return changed, (*effects, *_remember(before, look))


def take_in(meeting: Meeting, event: LookTroubled | SigningChanged | StillFailed) -> Step:
    """What is told of one's own picture, or of the one that is followed."""
    match event:
        case LookTroubled():
            return troubled(meeting, event)
        case SigningChanged():
            return signing.changed(meeting, event), ()
        case StillFailed():
            return still.failed(meeting, event)


def troubled(meeting: Meeting, event: LookTroubled) -> Step:
    """The look does not work. The room stays hidden whatever becomes of it."""
    if event.background != meeting.look.background:
        return nothing(meeting)
    told = replace(meeting, look_problem=event.problem)
    if meeting.page is Page.ROOM:
        told = with_toast(told, "problem", event.problem)
    match event.problem.code:
        case ProblemCode.BACKGROUND_IMAGE:
            blurred = replace(told.look, background=BLUR)
            return replace(told, look=blurred), (WearLook(blurred), *_remember(meeting.look, blurred))
        case ProblemCode.BACKGROUND_TOO_SLOW:
            camera = replace(told.camera, opened_name="", problem=event.problem)
            off = replace(told, camera=camera, camera_on=False, look_problem=None)
            return off, (SetSending(Source.CAMERA, on=False), CloseDevice(DeviceKind.CAMERA))
        case _:
            return told, ()


def _remember(before: Look, look: Look) -> tuple[Effect, ...]:
    effects: list[Effect] = []
    if look.background != before.background:
        effects.append(Remember("camera_background", look.background))
    if look.quality is not before.quality:
        effects.append(Remember("camera_quality", look.quality.value))
    if look.brighten != before.brighten:
        effects.append(Remember("camera_brighten", str(look.brighten).lower()))
    if look.still != before.still:
        effects.append(Remember("camera_still", look.still))
    return tuple(effects)
