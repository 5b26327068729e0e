"""A server that answers as La Suite Meet does, with a real LiveKit behind it: what our client is held against.

    with ContractServer() as server:                    # http on loopback, LiveKit 1.13.5
        server.link("pub-lica-aaa")                     # a public room: http://127.0.0.1:PORT/pub-lica-aaa
        server.link("tru-sted-aaa")                     # trusted;  "res-tric-aaa" is restricted
        server.cookies("owner")                         # {"sessionid": ..., "csrftoken": ...} of somebody logged in
        server.expire("owner")                          # their session ends
        server.call("POST", "/rooms/res-tric-aaa/enter/", {...}, user="owner")      # as the web client would
        server.state.room("new", access_level="public", owner="owner")              # another room
        server.interfere("GET /config/", Fault(status=500, body="<html>"))          # a server that misbehaves
        server.options.recording = "no_egress"          # see `settings.Options`

`ContractServer(tls=authority.serving("127.0.0.1"))` serves https, with the rules of https: `Secure` cookies, `Origin`
or `Referer` on whatever a session changes. People: `owner`, `admin` (both lead all three rooms), `trusted` (logged in,
no role). The login page of the identity provider lives on a second port (`server.provider_url`): a form with one
field, the person's e-mail address (`owner@example.org`) or short name (`owner`).

By hand: `python -m tests.helpers.lasuite` tells its links and runs until interrupted.
Shapes and status codes are those of `samples.json`, recorded from a real server:
`tests/contract/test_lasuite_samples.py` replays each against this one.
"""

from tests.helpers.lasuite.faults import Fault
from tests.helpers.lasuite.server import ContractServer
from tests.helpers.lasuite.settings import Options

__all__ = ["ContractServer", "Fault", "Options"]
