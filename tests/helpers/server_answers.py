"""What servers of each kind answer whoever asks what they are, as they were seen to or as their source has it."""

from __future__ import annotations

import json
from typing import Any

from tests.helpers.answering import Told


def told(value: Any, status: int = 200, kind: str = "application/json") -> Told:
    """JSON, or text as it is."""
    return Told(value.encode() if isinstance(value, str) else json.dumps(value).encode(), status, kind)


SUITE = {"GET /api/v1.0/config/": told({"livekit": {"url": "https://lk.example.org"}})}
GROUP = told({"name": "tea", "location": "https://h/group/tea/", "endpoint": "wss://h/ws"})
NEXTCLOUD = told({"ocs": {"data": {"capabilities": {"spreed": {"features": ["audio"]}}}}})
NOWHERE = "http://127.0.0.1:9"
"""Where nobody answers: of this machine, so that nobody else is asked either."""
ELEMENT = told({"default_server_config": {"m.homeserver": {"base_url": NOWHERE}}})
OPENTALK = {"GET /.well-known/opentalk/client": told({"opentalk_controller": {"base_url": "https://c.example.org"}})}
JANUS = {"GET /janus/info": told({"janus": "server_info", "name": "Janus WebRTC Server", "version": 1102})}
JITSI_TEXT = "var config = { hosts: { domain: 'h', muc: 'conference.h' }, bosh: '//h/http-bind' };"
JITSI = {"GET /config.js": told(JITSI_TEXT, kind="application/javascript")}
BBB_TEXT = "<response><returncode>SUCCESS</returncode><version>2.0</version></response>"
BBB = {"GET /bigbluebutton/api": told(BBB_TEXT, kind="text/xml")}
EDUMEET = {"GET /config/config.js": told("// eduMEET\nvar config = {};", kind="application/javascript")}
LIVEKIT = {"GET /rtc/validate": told("no permissions to access the room", 401, "text/plain")}
WELCOME = {"GET /api/v1/welcome": told({"nextcloud-spreed-signaling": "Welcome", "version": "0.4.1"})}
MATRIX = {"GET /.well-known/matrix/client": told({"m.homeserver": {"base_url": "https://matrix.example.org"}})}
SIMPLE = Told(b"", 204, "", (("Access-Control-Allow-Methods", "GET,HEAD,PUT,PATCH,POST,DELETE"),))
MEDIAMTX = Told(b"", 204, "", (("Accept-Post", "application/sdp"), ("Server", "mediamtx")))
CORS_ONLY = Told(b"", 204, "", (("Access-Control-Allow-Methods", "GET, POST"),))

# ---- whole, as such servers send them: what is beside the proof must not matter ------------------------------------

WHOLE_GROUP = told(
    {
        "name": "team/tea",
        "location": "https://galene.example.org:8443/group/team/tea/",
        "endpoint": "wss://galene.example.org:8443/ws",
        "displayName": "Tea",
        "description": "janus server_info livekit",
        "locked": True,
        "clientCount": 3,
    }
)
WHOLE_NEXTCLOUD = told(
    {
        "ocs": {
            "meta": {"status": "ok", "statuscode": 200, "message": "OK"},
            "data": {
                "version": {"major": 31, "minor": 0, "micro": 5, "string": "31.0.5", "edition": ""},
                "capabilities": {
                    "core": {"pollinterval": 60, "webdav-root": "remote.php/webdav"},
                    "spreed": {
                        "features": ["audio", "video", "chat-v2", "guest-signaling", "conversation-v4"],
                        "config": {"call": {"enabled": True}, "signaling": {"session-ping-limit": 200}},
                        "version": "21.1.0",
                    },
                    "theming": {"name": "Nextcloud", "url": "https://nextcloud.com"},
                },
            },
        }
    }
)
WHOLE_ELEMENT = told(
    {
        "default_server_config": {"m.homeserver": {"base_url": NOWHERE, "server_name": "example.org"}},
        "livekit": {"livekit_service_url": "https://jwt.example.org"},
        "features": {"feature_use_device_session_member_events": True},
        "eula": "https://static.example.org/terms.pdf",
    }
)
WHOLE_OPENTALK = {
    "GET /.well-known/opentalk/client": told(
        {
            "opentalk_controller": {"base_url": "https://controller.example.org"},
            "oidc_provider": {"name": "main", "url": "https://accounts.example.org/realms/opentalk"},
        }
    )
}
WHOLE_MATRIX = {
    "GET /.well-known/matrix/client": told(
        {
            "m.homeserver": {"base_url": "https://matrix.example.org"},
            "org.matrix.msc4143.rtc_foci": [{"type": "livekit", "livekit_service_url": "https://jwt.example.org"}],
        }
    )
}
WHOLE_JITSI = {
    "GET /config.js": told(
        "/* eslint-disable comma-dangle, no-unused-vars, no-var, prefer-template, vars-on-top */\n"
        "var subdomain = '';\nvar config = {\n    // Connection\n    hosts: {\n        domain: 'meet.example.org',\n"
        "        muc: 'conference.' + subdomain + 'meet.example.org',\n    },\n\n"
        "    bosh: 'https://meet.example.org/' + subdomain + 'http-bind',\n};\n",
        kind="application/javascript",
    )
}
DOCKER_JITSI = {
    "GET /config.js": told(
        "config.hosts = {};\nconfig.hosts.domain = 'meet.jitsi';\nconfig.hosts.muc = 'muc.meet.jitsi';\n"
        "config.bosh = 'https://meet.example.org/' + subdir + 'http-bind';\n",
        kind="application/javascript; charset=utf-8",
    )
}
WHOLE_BBB = {
    "GET /bigbluebutton/api": told(
        '<?xml version="1.0" encoding="UTF-8"?>\n<response>\n  <returncode>SUCCESS</returncode>\n'
        "  <version>2.0</version>\n  <apiVersion>2.0</apiVersion>\n  <bbbVersion/>\n"
        "  <graphqlWebsocketUrl>wss://bbb.example.org/graphql</graphqlWebsocketUrl>\n</response>",
        kind="text/xml;charset=utf-8",
    )
}
WHOLE_EDUMEET = {
    "GET /config/config.js": told(
        "// eslint-disable-next-line no-unused-vars\nvar config =\n{\n\tdevelopmentPort: 3443,\n"
        "\ttitle: 'edumeet',\n\tproductionPort: 443\n};\n",
        kind="application/javascript",
    )
}
HYBRID = told(
    {
        "name": "tea",
        "location": "https://h/group/tea/",
        "endpoint": "wss://h/ws",
        "livekit": {"url": "https://lk.example.org"},
        "janus": "server_info",
        "ocs": {"data": {"capabilities": {"spreed": {}}}},
    }
)
"""One answer that would do for several kinds, to whatever is asked."""
HUGE = told({"livekit": {"url": "https://lk.example.org"}, "filling": "x" * 2_000_000})
MOVED = Told(b"", 307, "text/html", (("Location", "https://elsewhere.example/api/v1.0/config/"),))
