"""What the window shows of accounts, rooms and recordings, as snapshots by name."""

from __future__ import annotations

from dataclasses import replace

from tests.helpers.fake_engine import RECENTS, opened, ready
from visio_desktop.meeting.accounts import (
    Account,
    Download,
    Features,
    FileState,
    LoginPhase,
    OwnRecording,
    OwnRoom,
    Server,
)
from visio_desktop.meeting.rooms import Access, RecordingKind
from visio_desktop.meeting.state import Meeting, Page
from visio_desktop.meeting.values import Problem, ProblemCode, Role

URL = "https://meet.example.org"
ODILE = Account(0, "Odile Owner", "odile.owner@example.org", "1", default_access=Access.TRUSTED)
LEO = Account(1, "Léo Martin-Dubreuil de la Tour", "leo@example.org", "2", lasting=False)
ROOMS = (
    OwnRoom("r1", "abc-defg-hij", f"{URL}/abc-defg-hij", Access.PUBLIC, Role.OWNER, "5828589750"),
    OwnRoom("r2", "conseil-pedagogique-du-college", f"{URL}/conseil", Access.TRUSTED, Role.ADMINISTRATOR),
    OwnRoom("r3", "klm-nopq-rst", f"{URL}/klm-nopq-rst", Access.RESTRICTED, Role.MEMBER),
)
_MADE_MS = 1_795_416_742_688.0
_DAY_MS = 86_400_000.0
RECORDINGS = (
    OwnRecording("v1", "abc-defg-hij", RecordingKind.SCREEN, FileState.READY, _MADE_MS, _MADE_MS + 30 * _DAY_MS),
    OwnRecording("v2", "klm-nopq-rst", RecordingKind.TRANSCRIPT, FileState.READY, _MADE_MS - _DAY_MS),
    OwnRecording("v3", "conseil-pedagogique", RecordingKind.SCREEN, FileState.SAVING, _MADE_MS - 2 * _DAY_MS),
    OwnRecording("v4", "abc-defg-hij", RecordingKind.SCREEN, FileState.EXPIRED, _MADE_MS - 90 * _DAY_MS),
)
FEATURES = Features(records=True, default_access=Access.PUBLIC, phone="+33 1 23 45 67 89")
IN = Server(URL, FEATURES, (ODILE, LEO), active=0, rooms=ROOMS, recordings=RECORDINGS)
OUT = Server("https://visio.numerique.example.gouv.fr", FEATURES)


def home_with(*servers: Server, **changes: object) -> Meeting:
    """The home page with these servers."""
    return ready(servers=servers, can_log_in=True, recents=(), **changes)


def account_views() -> dict[str, Meeting]:
    """The home page and pre-join in every state of an account."""
    expired = replace(IN, accounts=(replace(ODILE, expired=True),))
    lapsed = replace(expired, problem=Problem(ProblemCode.LOGIN_EXPIRED, expired.host))
    prejoin = ready(
        page=Page.PREJOIN, link=RECENTS[0], can_log_in=True, camera=opened("Webcam"), microphone=opened("Audio")
    )
    return {
        "home_account": home_with(IN, OUT),
        "home_account_made": home_with(replace(IN, made=ROOMS[0])),
        "home_account_memory": home_with(replace(IN, active=1), replace(OUT, phase=LoginPhase.OPEN)),
        "home_account_expired": home_with(lapsed),
        "home_account_missing": home_with(replace(OUT, problem=Problem(ProblemCode.LOGIN_MISSING))),
        "prejoin_account": replace(prejoin, servers=(IN,)),
        "prejoin_guest": replace(prejoin, servers=(replace(IN, as_guest=True),)),
        "prejoin_log_in": replace(prejoin, servers=(replace(IN, accounts=(), active=None),)),
        "prejoin_name": replace(prejoin, servers=(replace(IN, features=replace(FEATURES, names_editable=False)),)),
        "lobby_log_in": replace(prejoin, page=Page.JOINING, in_lobby=True, servers=(Server(URL),)),
    }


def rooms_views() -> dict[str, Meeting]:
    """The list of rooms, which opens over the home page."""
    download = Download("v1", 450_000_000, 1_000_000_000)
    return {
        "rooms": home_with(replace(IN, download=download)),
        "rooms_empty": home_with(replace(IN, rooms=(), recordings=())),
        "rooms_asked": home_with(replace(IN, rooms=None, recordings=None, busy=True)),
    }
