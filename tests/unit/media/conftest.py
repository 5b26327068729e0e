from __future__ import annotations

import pytest

from tests.helpers.portaudio import FakeSounddevice
from visio_desktop.media import portaudio, pulse_server


@pytest.fixture
def sounddevice(monkeypatch: pytest.MonkeyPatch) -> FakeSounddevice:
    """Sound devices whatever the machine has."""
    fake = FakeSounddevice()
    monkeypatch.setattr(portaudio, "load", lambda _kind: fake)
    monkeypatch.setattr(portaudio, "_use", portaudio._Use())
    monkeypatch.setattr(pulse_server, "shared", lambda _clock: None)
    return fake
