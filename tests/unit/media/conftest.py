from __future__ import annotations

import pytest

from tests.helpers.portaudio import FakeSounddevice
from visio_desktop.media import portaudio


@pytest.fixture
def sounddevice(monkeypatch: pytest.MonkeyPatch) -> FakeSounddevice:
    """Sound devices whatever the machine has."""
    fake = FakeSounddevice()
    monkeypatch.setattr(portaudio, "load", lambda _kind: fake)
    monkeypatch.setattr(portaudio, "_use", portaudio._Use())
    return fake
