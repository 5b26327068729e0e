from __future__ import annotations

from visio_desktop.meeting.rooms import Recording, RecordingKind, RecordingState
from visio_desktop.servers.talk.recordings import recording


def test_each_status_is_told_as_what_it_is() -> None:
    told = [recording(status) for status in range(6)]
    states = [each.state if each is not None else None for each in told]
    starting, started = RecordingState.STARTING, RecordingState.STARTED
    assert states == [None, started, started, starting, starting, RecordingState.FAILED]
    assert recording(1) == Recording(RecordingKind.SCREEN, started)
    assert recording(99) is None
