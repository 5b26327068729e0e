"""A server that lets everybody in, and somebody in its call."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.helpers.scripted_talk import ScriptedTalk, scripted_talk
from tests.helpers.session_ear import SessionEar
from visio_desktop.servers.port import JoinRequest
from visio_desktop.servers.talk.adapter import TalkAdapter
from visio_desktop.servers.talk.session import TalkSession


@pytest.fixture
async def talk() -> AsyncIterator[ScriptedTalk]:
    async with scripted_talk() as running:
        yield running


@pytest.fixture
def ear() -> SessionEar:
    return SessionEar()


@pytest.fixture
async def session(talk: ScriptedTalk, ear: SessionEar) -> AsyncIterator[TalkSession]:
    adapter = TalkAdapter()
    link = adapter.recognise(talk.link)
    assert link is not None
    joined = await adapter.join(JoinRequest(link, "Ada"), ear)
    assert isinstance(joined, TalkSession)
    yield joined
    await joined.leave()
