"""The contract server is held against answers recorded from a real one: status, keys and types of each."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import jwt
import pytest

from tests.helpers.lasuite import ContractServer, Options
from tests.helpers.lasuite.calls import Answer, ask
from tests.helpers.native_peer import NativePeer

SAMPLES: dict[str, Any] = json.loads((Path(__file__).parents[1] / "helpers/lasuite/samples.json").read_text("utf-8"))
RECORDED = "http://127.0.0.1:8071"
NOT_FOR_CLIENTS = ("external-api/", "addons/")
TRUSTED = ("room_trusted_logged_in", "room_restricted_logged_in_no_role", "request_entry_trusted_logged_in")
# Entries of one guest each: the cookie of the first answer goes with the later ones.
GUESTS = {
    "request_entry_first(waiting)": "G",
    "request_entry_poll(waiting)": "G",
    "request_entry_poll(accepted)": "G",
    "request_entry_second": "B",
    "request_entry_poll(denied)": "B",
    "request_entry_third": "S",
    "request_entry_public": "P",
}
SILENCE_S = 3.2
SAID = {"detail", "status", "error", "message", "role"}


def of_interest(name: str) -> bool:
    url = SAMPLES[name]["request"]["url"]
    return not any(part in url for part in NOT_FOR_CLIENTS) and not name.startswith("external_")


def shape(value: Any) -> Any:
    """Keys and types; of a list what its first entry looks like."""
    match value:
        case dict():
            return {key: shape(inner) for key, inner in value.items()}
        case list():
            return [shape(value[0])] if value else []
        case _:
            return type(value).__name__


class Replay:
    """Sends the recorded requests in their order, as whoever sent them."""

    def __init__(self, server: ContractServer) -> None:
        self.server = server
        self.people = {user: server.cookies(user) for user in server.state.users}
        self.guests: dict[str, str] = {}
        self.token = ""
        self.track = ""

    def send(self, name: str) -> Answer:
        sample = SAMPLES[name]["request"]
        answer = ask(sample["method"], self._url(sample["url"]), self._body(name, sample["body"]), self._headers(name))
        if name in GUESTS:
            self.guests[GUESTS[name]] = answer.body["id"]
        return answer

    def _url(self, recorded: str) -> str:
        theirs = SAMPLES["live_owner_room"]["json"]["id"]
        user = SAMPLES["users_me_owner"]["json"]["id"]
        public = SAMPLES["room_public_anonymous"]["json"]["id"]
        return (
            recorded.replace(RECORDED, self.server.url)
            .replace(theirs, self.server.room("res-tric-aaa").id)
            .replace(public, self.server.room("pub-lica-aaa").id)
            .replace(user, self.server.state.users["owner"].id)
        )

    def _body(self, name: str, recorded: Any) -> Any:
        if not isinstance(recorded, dict):
            return recorded
        ours = {"participant_id": self.guests.get("B" if "deny" in name else "G"), "track_sid": self.track}
        if recorded.get("participant_identity") != "admin-sub":
            ours["participant_identity"] = self.guests.get("G")
        return {**recorded, **{key: value for key, value in ours.items() if key in recorded}}

    def _headers(self, name: str) -> dict[str, str]:
        auth = SAMPLES[name]["request"]["auth"]
        if auth == "bearer":
            return {"Authorization": f"Bearer {self.token}"}
        if name in GUESTS:
            guest = self.guests.get(GUESTS[name])
            return {"Cookie": f"lobbyParticipantId={guest}"} if guest else {}
        if auth == "none":
            return {}
        jar = self.people["trusted" if name in TRUSTED else "admin" if name == "live_admin_room" else "owner"]
        headers = {"Cookie": "; ".join(f"{key}={value}" for key, value in jar.items())}
        return headers if auth == "session, no csrf" else {**headers, "X-CSRFToken": jar["csrftoken"]}


def compare(name: str, answer: Answer) -> list[str]:
    """What differs from the recording."""
    sample = SAMPLES[name]
    found = []
    if answer.status != sample["status"]:
        found.append(f"{name}: status {answer.status}, recorded {sample['status']}")
    if shape(answer.body) != shape(sample["json"]):
        found.append(f"{name}: {shape(answer.body)}, recorded {shape(sample['json'])}")
    cookie = sample.get("set_cookie", "")
    if cookie and attributes(answer.cookies[0]) != attributes(cookie):
        found.append(f"{name}: {answer.cookies}, recorded {cookie}")
    claims = sample.get("livekit_token_claims")
    if claims:
        token = (answer.body.get("livekit") or {}).get("token", "")
        ours = jwt.decode(token, options={"verify_signature": False})
        if shape(ours) != shape(claims):
            found.append(f"{name}: claims {shape(ours)}, recorded {shape(claims)}")
    # What people read and programs compare is the same to the letter.
    recorded = sample["json"] if isinstance(sample["json"], dict) else {}
    wrong = [key for key in SAID & recorded.keys() if answer.body.get(key) != recorded[key]]
    return found + [f"{name}: {key} is {answer.body.get(key)!r}" for key in wrong]


def attributes(cookie: str) -> set[str]:
    """The attributes of a cookie without their values, and where it goes."""
    return {part.strip().partition("=")[0].lower() for part in cookie.split(";")[1:]} - {"expires"}


@pytest.fixture(scope="module")
def server() -> Iterator[ContractServer]:
    with ContractServer(options=Options(session_cookie="meet_sessionid", recording="no_egress")) as running:
        running.state.record(running.room("res-tric-aaa"), "transcript", status="saved", options={"language": "fr"})
        running.call("POST", "/files/", {"filename": "bg.png", "type": "background_image"}, user="owner")
        yield running


# After these answers somebody is in the room, as they were when it was recorded.
JOINING = ("live_owner_room", "request_entry_poll(accepted)", "live_admin_room")


async def test_every_recorded_answer(server: ContractServer) -> None:
    replay = Replay(server)
    found: list[str] = []
    async with AsyncExitStack() as stack:
        for name in filter(of_interest, SAMPLES):
            if name == "waiting_participants_after_3s_silence":
                await asyncio.sleep(SILENCE_S)
            answer = await asyncio.to_thread(replay.send, name)
            found += compare(name, answer)
            if name in JOINING:
                peer = await stack.enter_async_context(NativePeer())
                access = answer.body["livekit"]
                await peer.join(access["url"].replace("http", "ws", 1), access["token"])
            if name == "request_entry_poll(accepted)":
                await peer.publish_tone(440)
                replay.token = access["token"]
                replay.track = await track_of(server, answer.body["id"])
    assert found == []


async def track_of(server: ContractServer, identity: str) -> str:
    """The microphone of somebody, once the server lists it."""
    async with asyncio.timeout(10):
        while True:
            people = await asyncio.to_thread(server.people, "res-tric-aaa")
            tracks = next(person["tracks"] for person in people if person["identity"] == identity)
            if tracks:
                return str(tracks[0]["sid"])
            await asyncio.sleep(0.1)
