"""What every adapter keeps to when something is asked of a meeting: what it offers it does, the rest it refuses."""

from __future__ import annotations

import pytest

from tests.contract.house import House, in_touch
from tests.helpers.clock_media import until
from visio_desktop.meeting.asking import needed
from visio_desktop.meeting.events import (
    Reacted,
)
from visio_desktop.meeting.requests import (
    Admit,
    AdmitEveryone,
    ClearChat,
    EditChat,
    LetSpeak,
    LowerHand,
    MuteEveryone,
    MuteOther,
    React,
    RemovePerson,
    Rename,
    Request,
    RequestRecording,
    SetLock,
    SetRole,
    SetRules,
    StartCaptions,
    StartRecording,
    StopRecording,
)
from visio_desktop.meeting.rooms import Emoji, RecordingKind, Rules
from visio_desktop.meeting.values import Capability, Role
from visio_desktop.servers.port import (
    RequestFailed,
)

REQUESTS: tuple[Request, ...] = (
    React(Emoji.PARTY_POPPER),
    Rename("Ada B."),
    EditChat("m0", "hello"),
    LowerHand("nobody"),
    MuteOther("nobody"),
    MuteEveryone(),
    RemovePerson("nobody"),
    SetRole("nobody", Role.ADMINISTRATOR),
    LetSpeak("nobody", allowed=True),
    ClearChat(),
    SetRules(Rules()),
    SetLock(locked=True),
    Admit("nobody", allowed=True),
    AdmitEveryone(),
    StartRecording(RecordingKind.SCREEN),
    StopRecording(),
    RequestRecording(RecordingKind.SCREEN),
    StartCaptions(),
)


class RequestsAlone:
    """What holds without anybody else."""

    async def test_what_is_not_offered_is_refused(self, house: House) -> None:
        ada = await house.join("Ada")
        refused = [request for request in REQUESTS if not needed(request) & ada.offered]
        for request in refused:
            with pytest.raises(RequestFailed):
                await ada.session.request(request)
        assert ada.ear.dropped is None

    async def test_another_name_is_told(self, house: House) -> None:
        ada = await house.join("Ada")
        assert Capability.RENAME in ada.offered, "a kind without it leaves this test out by its name"
        await ada.session.request(Rename("Ada B."))
        await until(lambda: ada.ear.me.name == "Ada B.", "the new name")


class Requests:
    """What holds where people meet."""

    async def test_reactions_are_seen(self, house: House) -> None:
        ada, bob = await house.join("Ada"), await house.join("Bob")
        assert Capability.REACTIONS in ada.offered, "a kind without it leaves this test out by its name"
        await in_touch(ada, bob)
        await ada.session.request(React(Emoji.PARTY_POPPER))
        await until(lambda: Reacted(ada.ear.me.id, Emoji.PARTY_POPPER) in bob.ear.events, "Ada's reaction")

    async def test_an_edited_line_replaces_the_first(self, house: House) -> None:
        ada, bob = await house.join("Ada"), await house.join("Bob")
        assert Capability.EDIT_CHAT in ada.offered, "a kind without it leaves this test out by its name"
        await in_touch(ada, bob)
        await ada.session.send_chat("m0", "helo")
        await ada.session.request(EditChat("m0", "hello"))
        await until(lambda: [m.text for m in bob.ear.chat] == ["helo", "hello"], "both forms")
        assert len({(m.id, m.sender_id) for m in bob.ear.chat}) == 1
