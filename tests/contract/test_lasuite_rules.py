"""Rules of La Suite Meet that no single recorded answer shows, as the contract server keeps them."""

from __future__ import annotations

import itertools
import signal
import subprocess
import sys
from collections.abc import Iterator
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

import pytest

from tests.helpers.certificates import Authority
from tests.helpers.lasuite import ContractServer, Fault, Options
from tests.helpers.lasuite.calls import Answer, ask
from tests.helpers.lasuite.server import API

ROOMS = f"{API}/rooms/"


@pytest.fixture(scope="module")
def server() -> Iterator[ContractServer]:
    with ContractServer(options=Options(waiting_s=0.0, entries_per_minute=3)) as running:
        yield running


@pytest.fixture(scope="module")
def secure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ContractServer]:
    authority = Authority(tmp_path_factory.mktemp("authority"))
    with ContractServer(tls=authority.serving("127.0.0.1")) as running:
        yield running


def jar(answer: Answer) -> dict[str, str]:
    return {name: morsel.value for text in answer.cookies for name, morsel in SimpleCookie(text).items()}


def header(cookies: dict[str, str]) -> dict[str, str]:
    return {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}


_names = (f"rule-room-{number}" for number in itertools.count())


def create(server: ContractServer, headers: dict[str, str]) -> tuple[int, str]:
    answer = ask("POST", f"{server.url}{ROOMS}", {"name": next(_names)}, headers)
    return answer.status, answer.body.get("detail", "")


class TestCsrf:
    def test_over_http_the_token_is_enough(self, server: ContractServer) -> None:
        mine = server.cookies("owner")
        assert create(server, header(mine) | {"X-CSRFToken": mine["csrftoken"]}) == (201, "")
        wrong = header(mine) | {"X-CSRFToken": "another"}
        assert create(server, wrong) == (403, "CSRF Failed: CSRF token from the 'X-Csrftoken' HTTP header incorrect.")
        session = header({"sessionid": mine["sessionid"]}) | {"X-CSRFToken": mine["csrftoken"]}
        assert create(server, session) == (403, "CSRF Failed: CSRF cookie not set.")

    def test_over_https_the_origin_counts_too(self, secure: ContractServer) -> None:
        mine = secure.cookies("owner")
        headers = header(mine) | {"X-CSRFToken": mine["csrftoken"]}
        assert create(secure, headers) == (403, "CSRF Failed: Referer checking failed - no Referer.")
        assert create(secure, headers | {"Origin": secure.url}) == (201, "")
        assert create(secure, headers | {"Referer": f"{secure.url}/home"}) == (201, "")
        status, said = create(secure, headers | {"Origin": "https://elsewhere.example"})
        assert (status, said.partition(" - ")[0]) == (403, "CSRF Failed: Origin checking failed")

    def test_without_a_session_nothing_is_asked_for(self, secure: ContractServer) -> None:
        assert secure.call("POST", "/rooms/pub-lica-aaa/request-entry/", {"username": "A"})[0] == 200


class TestLogin:
    def begin(self, server: ContractServer, return_to: str, *, silent: bool = False) -> tuple[Answer, dict[str, str]]:
        query = urlencode({"silent": str(silent).lower(), "returnTo": return_to})
        answer = ask("GET", f"{server.url}{API}/authenticate/?{query}")
        return answer, jar(answer)

    def log_in(self, server: ContractServer, return_to: str, who: str = "owner@example.org") -> Answer:
        began, cookies = self.begin(server, return_to)
        assert urlsplit(began.location).netloc == urlsplit(server.provider_url).netloc
        page = ask("GET", began.location)
        assert "<form" in page.body
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        typed = ask("POST", began.location, form=f"login={quote(who)}", headers=form)
        return ask("GET", typed.location, headers=header(cookies))

    def test_it_gives_a_session(self, server: ContractServer) -> None:
        done = self.log_in(server, f"{server.url}/native-done")
        assert done.location == f"{server.url}/native-done"
        mine = jar(done)
        assert {"sessionid", "csrftoken"} <= mine.keys()
        assert ask("GET", f"{server.url}{API}/users/me/", headers=header(mine)).body["email"] == "owner@example.org"
        server.expire("owner")
        assert ask("GET", f"{server.url}{API}/users/me/", headers=header(mine)).status == 401

    def test_it_returns_to_the_host_itself_only(self, server: ContractServer) -> None:
        assert self.log_in(server, "http://127.0.0.1:45678/cb").location == "/"

    def test_a_silent_one_fails_without_a_word(self, server: ContractServer) -> None:
        began, cookies = self.begin(server, f"{server.url}/back", silent=True)
        refused = ask("GET", began.location)
        assert "error=login_required" in refused.location
        back = ask("GET", refused.location, headers=header(cookies))
        assert back.location == f"{server.url}/back"
        assert ask("GET", f"{server.url}{API}/users/me/", headers=header(jar(back))).status == 401

    def test_logging_out(self, server: ContractServer) -> None:
        mine = server.cookies("trusted")
        out = ask("GET", f"{server.url}{API}/logout/", headers=header(mine))
        assert out.location.startswith(f"{server.provider_url}/logout?")
        back = ask("GET", out.location)
        assert urlsplit(back.location).path == f"{API}/logout-callback/"
        ask("GET", back.location, headers=header(mine))
        assert ask("GET", f"{server.url}{API}/users/me/", headers=header(mine)).status == 401


class TestLobby:
    def test_asking_too_often(self, server: ContractServer) -> None:
        path = f"{server.url}{ROOMS}res-tric-aaa/request-entry/"
        first = ask("POST", path, {"username": "G"})
        answers = [ask("POST", path, {"username": "G"}, header(jar(first))) for _ in range(4)]
        assert [answer.status for answer in answers] == [200, 200, 200, 429]

    def test_a_slot_lapses(self, server: ContractServer) -> None:
        path = "/rooms/res-tric-aaa/request-entry/"
        _, entry = server.call("POST", path, {"username": "G"})
        body = {"participant_id": entry["id"], "allow_entry": True}
        assert server.call("POST", "/rooms/res-tric-aaa/enter/", body, user="owner")[0] == 404

    def test_a_guest_of_a_public_room_keeps_who_they_are(self, server: ContractServer) -> None:
        path = "/rooms/pub-lica-aaa/request-entry/"
        _, first = server.call("POST", path, {"username": "G"})
        _, again = server.call("POST", path, {"username": "G"}, cookies={"lobbyParticipantId": first["id"]})
        assert (first["status"], again["id"]) == ("accepted", first["id"])


class TestRights:
    def test_only_those_who_lead_change_a_room(self, server: ContractServer) -> None:
        path = "/rooms/tru-sted-aaa/"
        asked = {"access_level": "restricted"}
        assert server.call("PATCH", path, asked)[0] == 401
        assert server.call("PATCH", path, asked, user="trusted")[0] == 403
        assert server.call("DELETE", path, user="admin")[0] == 403
        assert server.call("PATCH", path, {"access_level": "secret"}, user="admin")[0] == 400

    def test_recordings_are_for_those_who_lead(self, server: ContractServer) -> None:
        room = server.room("res-tric-aaa")
        key = server.state.record(room, "screen_recording", status="saved", options={}, body=b"film")
        media = f"{server.url}/media/recordings/{key}.mp4"
        assert ask("GET", media, headers=header(server.cookies("owner"))).body == "film"
        assert ask("GET", media, headers=header(server.cookies("trusted"))).status == 403
        assert ask("GET", media).status == 403


class TestByHand:
    def test_the_program_tells_its_links_and_ends_when_interrupted(self) -> None:
        command = [sys.executable, "-m", "tests.helpers.lasuite"]
        with subprocess.Popen(command, cwd=Path(__file__).parents[2], stdout=subprocess.PIPE, text=True) as program:
            assert program.stdout is not None
            access, link = program.stdout.readline().split()
            assert (access, ask("GET", link).status) == ("public", 200)
            try:
                program.send_signal(signal.SIGINT)
                program.communicate(timeout=15)
            finally:
                program.kill()
            assert program.returncode == 0


class TestFaults:
    def test_a_server_that_misbehaves(self, server: ContractServer) -> None:
        server.interfere("GET /config/", Fault(status=502, body="<html>", times=1))
        assert server.call("GET", "/config/") == (502, "<html>")
        server.interfere("GET /config/", Fault(change=lambda found: {**found, "new": 1}))
        assert server.call("GET", "/config/")[1]["new"] == 1
        server.behave()
        assert "new" not in server.call("GET", "/config/")[1]
