from __future__ import annotations

from dataclasses import replace

import pytest

from tests.helpers.clock_media import until
from tests.helpers.galene_people import Tea
from tests.helpers.session_ear import SessionEar
from visio_desktop.meeting.values import MeetingLink, ProblemCode
from visio_desktop.net import Web
from visio_desktop.servers.catalog import Catalog
from visio_desktop.servers.galene.adapter import GaleneAdapter
from visio_desktop.servers.port import JoinError


async def test_the_page_of_a_group_is_known_by_its_servers_answer_and_its_token_kept_apart(room: Tea) -> None:
    adapter, ear = GaleneAdapter(), SessionEar()
    catalog = Catalog([], [adapter], web=Web())
    found, link = await catalog.identify(f"{room.server.link('tea')}?token=named")
    assert (found, link.kind, link.room, link.text) == (adapter, "galene", "tea", f"galene+{room.server.link('tea')}")
    session = await adapter.join(replace(room.request("Ada"), link=link), ear)
    assert ear.me.name == "Ivy"
    await session.leave()
    with pytest.raises(JoinError) as caught:
        await catalog.identify(room.server.link("nowhere"))
    assert caught.value.problem.code is ProblemCode.LINK_UNKNOWN_KIND


async def test_what_was_typed_goes_before_what_the_link_held(room: Tea) -> None:
    adapter, ear = GaleneAdapter(), SessionEar()
    link = adapter.recognise(f"galene+{room.server.link('tea')}?token=wrong")
    assert link is not None
    session = await adapter.join(replace(room.request("Ada", token="nameless"), link=link), ear)
    assert ear.me.name == "Ada"
    await session.leave()


async def test_one_comes_back_as_somebody_new_with_ones_old_lines(room: Tea) -> None:
    adapter = GaleneAdapter()
    ada = await room.join("Ada", adapter)
    await ada.session.send_chat("m0", "hello")
    await until(lambda: len(ada.ear.chat) == 1, "the echo")
    await ada.session.leave()
    again, other = await room.join("Ada", adapter), await room.join("Bob")
    await until(lambda: len(again.ear.chat) == 1 and len(other.ear.chat) == 1, "the history")
    assert again.ear.me.id != ada.ear.me.id
    assert again.ear.chat[0] == replace(ada.ear.chat[0], at_ms=again.ear.chat[0].at_ms)
    assert (again.ear.chat[0].id, again.ear.chat[0].is_mine) == ("m0", True)
    assert (other.ear.chat[0].id, other.ear.chat[0].is_mine) == (f"{ada.ear.me.id}:m0", False)


async def test_tokens_and_old_names_do_not_pile_up(room: Tea) -> None:
    adapter = GaleneAdapter()
    for number in range(60):
        adapter.recognise(f"galene+https://h/group/g{number}/?token=t")
        await adapter.identify(f"https://h/group/h{number}/?token=t")
        adapter._new_id()
    assert (len(adapter._handed), len(adapter._were_me)) == (50, 50)
    assert adapter.recognise("mailto:ada@example.org") is None
    assert await adapter.identify("mailto:ada@example.org") is None
    with pytest.raises(JoinError) as caught:
        await adapter.join(replace(room.request("Ada"), link=MeetingLink("galene", "mailto:x", "h")), SessionEar())
    assert caught.value.problem.code is ProblemCode.LINK_UNKNOWN_KIND
