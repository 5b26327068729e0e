"""What is recorded of a call (Talk's `docs/constants.md`, call recording status)."""

from __future__ import annotations

from visio_desktop.meeting.rooms import Recording, RecordingKind, RecordingState

_STATES = {
    1: RecordingState.STARTED,
    2: RecordingState.STARTED,
    3: RecordingState.STARTING,
    4: RecordingState.STARTING,
    5: RecordingState.FAILED,
}


def recording(status: int) -> Recording | None:
    """What is being made; sound alone is a recording too."""
    state = _STATES.get(status)
    return None if state is None else Recording(RecordingKind.SCREEN, state)
