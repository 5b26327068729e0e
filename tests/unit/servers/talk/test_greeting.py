from __future__ import annotations

import pytest

from tests.helpers import scripted_talk as helper
from tests.helpers.scripted_talk import ME, ScriptedTalk
from visio_desktop.meeting.values import ProblemCode
from visio_desktop.net import Web
from visio_desktop.servers.port import JoinError
from visio_desktop.servers.talk.greeting import greet, versions_for
from visio_desktop.servers.talk.ocs import Ocs
from visio_desktop.servers.talk.rooms import Settings
from visio_desktop.servers.talk.signal import Signal
from visio_desktop.system.tasks import Tasks

BOTH = Settings("external", "", {"1.0": {"ticket": "x"}, "2.0": {"token": "y"}})


async def greeted(talk: ScriptedTalk, settings: Settings = BOTH) -> str:
    tasks, ocs = Tasks("test"), Ocs(Web(), talk.url)
    signal = Signal(Web(), talk.url.replace("http", "ws", 1) + "/standalone-signaling/spreed", tasks)
    try:
        await greet(signal, ocs, settings, "h")
        return signal.session_id
    finally:
        await signal.close()
        await tasks.close()
        await ocs.close()


async def test_the_better_greeting_is_tried_first(talk: ScriptedTalk) -> None:
    assert await greeted(talk) == ME
    assert talk.said[0]["hello"]["version"] == "2.0"
    assert talk.said[0]["hello"]["auth"]["url"].endswith("/ocs/v2.php/apps/spreed/api/v3/signaling/backend")
    assert await greeted(talk, Settings("external", "", {"1.0": {"ticket": "x"}})) == ME
    assert (versions_for(frozenset()), versions_for(frozenset({"hello-v2"}))) == (("1.0",), ("2.0", "1.0"))


async def test_what_is_refused_is_told(talk: ScriptedTalk) -> None:
    talk.words["hello"] = {"type": "error", "error": {"code": "token_expired"}}
    with pytest.raises(JoinError) as caught:
        await greeted(talk, Settings("external", "", {"2.0": {"token": "y"}}))
    assert caught.value.problem.code is ProblemCode.TOKEN_EXPIRED
    talk.words["hello"] = {"type": "error", "error": {"code": "who_knows"}}
    with pytest.raises(JoinError) as caught:
        await greeted(talk)
    assert caught.value.problem.code is ProblemCode.SERVER_NOT_UNDERSTOOD
    assert [told["hello"]["version"] for told in talk.said[-2:] if told["type"] == "hello"] == ["2.0", "1.0"]


async def test_a_server_without_media_is_said_to_be_one(talk: ScriptedTalk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(helper, "FEATURES", ["hello-v2"])
    with pytest.raises(JoinError) as caught:
        await greeted(talk)
    assert caught.value.problem.code is ProblemCode.NO_MEDIA_SERVER
