"""The contract's fixture for Galene: a server of our own that keeps to its protocol, with an operator's hand on it."""

from __future__ import annotations

from tests.helpers.galene_group import PRESENT, Group
from tests.helpers.galene_peer import GalenePeer
from visio_desktop.meeting.values import MeetingLink, ProblemCode
from visio_desktop.servers.galene.adapter import GaleneAdapter
from visio_desktop.servers.port import Credentials, JoinRequest

GROUP = "tea/room"
PASSWORD = "milk"
TOKEN, NAMELESS = "an-invitation", "another"
LOCKED, FULL = "locked", "full"
_GIVEN = Credentials(password=PASSWORD)


def groups() -> tuple[Group, ...]:
    """The groups there are."""
    return (
        Group(
            GROUP,
            users={"Olga": ("secret", ("op", *PRESENT, "record"))},
            anybody=(PASSWORD, PRESENT),
            tokens={TOKEN: ("Ivy", PRESENT), NAMELESS: ("", PRESENT)},
            title="Tea room",
        ),
        Group(LOCKED, locked="Back at nine"),
        Group(FULL, most=-1),
        Group("portal", anybody=None, status={"authPortal": "https://portal.example.org/"}),
    )


class GaleneFixture:
    """See `suite.Fixture`."""

    def __init__(self, server: GalenePeer) -> None:
        self.server = server

    def adapter(self) -> GaleneAdapter:
        return GaleneAdapter()

    @property
    def port(self) -> int:
        """Where it is reached."""
        return self.server.port

    def request_at(self, port: int, name: str) -> JoinRequest:
        return JoinRequest(link(f"http://127.0.0.1:{port}/group/{GROUP}/"), name, _GIVEN)

    def request(self, name: str) -> JoinRequest:
        return self.request_at(self.server.port, name)

    def refusals(self) -> dict[str, tuple[JoinRequest, ProblemCode]]:
        tea = self.request("Ada").link

        def elsewhere(group: str) -> JoinRequest:
            return JoinRequest(link(self.server.link(group)), "Ada", _GIVEN)

        return {
            "no password": (JoinRequest(tea, "Ada"), ProblemCode.PIN_MISSING),
            "another password": (JoinRequest(tea, "Ada", Credentials(password="x")), ProblemCode.PIN_REFUSED),
            "another token": (JoinRequest(tea, "Ada", Credentials(token="x")), ProblemCode.TOKEN_REFUSED),
            "no such group": (elsewhere("nowhere"), ProblemCode.ROOM_NOT_FOUND),
            "locked": (JoinRequest(link(self.server.link(LOCKED)), "Ada"), ProblemCode.ENTRY_CLOSED),
            "full": (JoinRequest(link(self.server.link(FULL)), "Ada"), ProblemCode.ROOM_FULL),
            "by a page": (JoinRequest(link(self.server.link("portal")), "Ada"), ProblemCode.LOGIN_ELSEWHERE),
            "nobody there": (self.request_at(9, "Ada"), ProblemCode.HOST_UNREACHABLE),
        }

    async def remove(self, participant_id: str) -> None:
        client = self.server.groups[GROUP].clients[participant_id]
        client.act(lambda: client.be_kicked("", "Olga"))

    async def mute(self, participant_id: str, publication_id: str) -> None:
        client = self.server.groups[GROUP].clients[participant_id]
        await client.say("usermessage", kind="mute", source="olga", username="Olga", dest=client.id, privileged=True)

    async def end(self) -> None:
        raise NotImplementedError

    async def crash(self) -> None:
        await self.server.stop()


def link(page: str) -> MeetingLink:
    """The link of a group's page, as this program has it once its server was asked."""
    found = GaleneAdapter().recognise(f"galene+{page}")
    assert found is not None
    return found
