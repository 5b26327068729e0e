"""What the words of a command mean for a run: what is preferred, who one is, and links of before."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from visio_desktop.cli import Join
from visio_desktop.meeting.events import Preferences
from visio_desktop.meeting.values import MeetingLink, Source
from visio_desktop.servers.port import Credentials
from visio_desktop.system.texts import tr

LONGEST_SECRET = 64 * 1024


class CommandRefused(Exception):  # noqa: N818 - reads as what happened
    """The command line names something that cannot be used; the text is for people."""


def preferences(join: Join, usual: Preferences) -> Preferences:
    """What the settings say, with what the command line says on top: a device that is named is meant to be used.

    It says nothing where the organisation has decided.
    """
    changed = usual
    if join.name and "name" not in usual.locked:
        changed = replace(changed, name=join.name)
    if join.camera is not None and "camera" not in usual.locked:
        changed = replace(changed, camera=join.camera, camera_on=join.camera != "none")
    if join.microphone is not None and "microphone" not in usual.locked:
        changed = replace(changed, microphone=join.microphone, microphone_on=join.microphone != "none")
    changed = replace(
        changed,
        camera_on=changed.camera_on and Source.CAMERA not in usual.joins_without,
        microphone_on=changed.microphone_on and Source.MICROPHONE not in usual.joins_without,
    )
    if join.speaker is not None and "speaker" not in usual.locked:
        changed = replace(changed, speaker=join.speaker)
    return changed


def recent_link(text: str) -> MeetingLink | None:
    """A remembered link for the list at home; whether it can be joined is seen when it is opened. None for rubbish."""
    try:
        parts = urlsplit(text)
        host = parts.hostname or ""
    except ValueError:
        return None
    room = parse_qs(parts.query).get("room", [parts.path.strip("/")])[0]
    return MeetingLink(parts.scheme, text, host, room)


def credentials(token_file: str, password_file: str) -> Credentials:
    """Who one is to the server, from files and the surroundings. Raises `CommandRefused`."""
    return Credentials(
        token=_secret(token_file),
        api_key=os.environ.get("LIVEKIT_API_KEY", ""),
        api_secret=os.environ.get("LIVEKIT_API_SECRET", ""),
        password=_secret(password_file),
        room_secret=os.environ.get("JANUS_ROOM_SECRET", ""),
        server_secret=os.environ.get("JANUS_API_SECRET", ""),
        recovery_key=os.environ.get("MATRIX_RECOVERY_KEY", ""),
    )


def _secret(name: str) -> str:
    """The secret in a file, or on standard input; nothing without a name. Raises `CommandRefused`."""
    if not name:
        return ""
    try:
        if name == "-":
            return sys.stdin.read(LONGEST_SECRET).strip()
        with Path(name).open(encoding="utf-8") as file:
            return file.read(LONGEST_SECRET).strip()
    except (OSError, UnicodeDecodeError) as error:
        raise CommandRefused(tr("cli.file_unreadable", path=name)) from error
