from __future__ import annotations

import pytest

from visio_desktop.meeting.errands import LogIn
from visio_desktop.meeting.hotplug import NEW
from visio_desktop.meeting.intents import UseDevices
from visio_desktop.meeting.rooms import RecordingKind
from visio_desktop.meeting.values import Capability, DeviceKind, Problem, ProblemCode, Toast
from visio_desktop.ui.widgets.toast_actions import action_of


@pytest.mark.parametrize(
    ("key", "needed", "kind"),
    [
        ("recording_requested", Capability.RECORD, RecordingKind.SCREEN),
        ("transcript_requested", Capability.TRANSCRIBE, RecordingKind.TRANSCRIPT),
    ],
)
def test_who_may_record_is_offered_it_when_it_is_asked_for(key: str, needed: Capability, kind: RecordingKind) -> None:
    asked = Toast(1, key, (("name", "Ada"),))
    action = action_of(asked, needed)
    assert action is not None
    assert action.records is kind
    assert action_of(asked, Capability.CHAT) is None


def test_other_notices_have_nothing_to_press() -> None:
    everything = Capability.RECORD | Capability.TRANSCRIBE
    assert action_of(Toast(1, "arrived", (("name", "Ada"),)), everything) is None


def test_a_login_that_ran_out_is_renewed_from_its_notice() -> None:
    action = action_of(Toast(1, "login_lapsed", (("server", "https://h.example"),)), Capability.NONE)
    assert action is not None
    assert action.errand == LogIn("https://h.example")
    assert action.records is None


def test_what_was_plugged_in_is_used_from_its_notice() -> None:
    offer = Toast(1, NEW, (("name", "Headset"), ("microphone", "head-in"), ("speaker", "head-out")))
    action = action_of(offer, Capability.NONE)
    assert action is not None
    assert action.errand == UseDevices(((DeviceKind.MICROPHONE, "head-in"), (DeviceKind.SPEAKER, "head-out")))


@pytest.mark.parametrize("code", [ProblemCode.MICROPHONE_SILENT, ProblemCode.MICROPHONE_NOTHING])
def test_a_microphone_that_gives_nothing_leads_to_the_settings(code: ProblemCode) -> None:
    action = action_of(Toast(1, "problem", problem=Problem(code, "Headset")), Capability.NONE)
    assert action is not None
    assert action.settings
    assert action_of(Toast(1, "problem", problem=Problem(ProblemCode.CAMERA_BUSY)), Capability.NONE) is None
