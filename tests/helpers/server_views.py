"""Snapshots of what only some kinds of server have: logins, secrets, consent, locks, for `tests.helpers.gallery`."""

from __future__ import annotations

from dataclasses import replace

from tests.helpers.fake_engine import RECENTS, opened, ready
from tests.helpers.fake_meeting import chat_lines
from tests.helpers.people_views import led
from visio_desktop.meeting.accounts import BrowserLogin, LoginPhase
from visio_desktop.meeting.intents import Panel
from visio_desktop.meeting.rooms import Room, Rules
from visio_desktop.meeting.state import Ending, Meeting, Page
from visio_desktop.meeting.values import Capability, OptionalSecret, Problem, ProblemCode

_HOST = "meet.example.org"
_CALL = replace(RECENTS[0], kind="element", takes_login=True, takes_besides=OptionalSecret.RECOVERY_KEY)
_JANUS = replace(RECENTS[0], kind="janus", takes_pin=True, takes_besides=OptionalSecret.ROOM_SECRET)
_TALK = replace(RECENTS[0], kind="nextcloud", takes_login=True, takes_pin=True, logs_in_by_browser=True)
_AT_THE_PAGE = BrowserLogin(LoginPhase.OPEN, address="https://meet.example.org/login")


def server_views() -> dict[str, Meeting]:
    """By name."""
    begun = ready(camera=opened("Integrated Webcam HD"), microphone=opened("Built-in Audio"))
    prejoin, failed = replace(begun, page=Page.PREJOIN), replace(begun, page=Page.FAILED)
    put_out = Problem(ProblemCode.REMOVED_BECAUSE, "We begin again at ten.")
    return {
        "prejoin_call": replace(prejoin, link=_CALL),
        "prejoin_janus": replace(prejoin, link=_JANUS),
        "prejoin_talk": replace(prejoin, link=_TALK),
        "prejoin_browser_login": replace(prejoin, link=_TALK, browser_login=_AT_THE_PAGE),
        "failed_login": replace(failed, link=_CALL, problem=Problem(ProblemCode.LOGIN_REFUSED, _HOST)),
        "failed_secret": replace(failed, link=_JANUS, problem=Problem(ProblemCode.ROOM_SECRET_REFUSED, _HOST)),
        "failed_consent": replace(failed, link=_TALK, problem=Problem(ProblemCode.CONSENT_NEEDED, _HOST)),
        "failed_keys": replace(failed, link=_CALL, problem=Problem(ProblemCode.KEYS_MISSING, _HOST)),
        "ended_because": replace(begun, page=Page.ENDED, ending=Ending.REMOVED, problem=put_out),
        "room_host_locked": _locked(),
    }


def _locked() -> Meeting:
    able = Capability.LOCK | Capability.CLEAR_CHAT | Capability.RECORD | Capability.SPEECH | Capability.CHAT
    room = Room(rules=Rules(locked=True))
    return replace(led(), capabilities=able, room=room, chat=chat_lines(), panel=Panel.HOST)
