"""Nextcloud Talk for tests: a real signalling server and a real Janus, behind a Nextcloud of our own.

    with TalkServer() as server:
        server.link, server.hpb, server.nextcloud.room

Nextcloud's own side (OCS, cookies, call flags, chat, lobby, what it tells and answers the signalling server) is written
after Talk's public API documents; the signalling server holds us to its part of it.
"""

from tests.helpers.talk.server import TalkServer
from tests.helpers.talk.state import MODERATOR, PASSWORD, TOKEN

__all__ = ["MODERATOR", "PASSWORD", "TOKEN", "TalkServer"]
