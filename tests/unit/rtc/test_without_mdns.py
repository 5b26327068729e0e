from __future__ import annotations

import subprocess
import sys

LOADED = """
import sys
from visio_desktop.rtc import PeerConnection
print(PeerConnection.__name__, "dns" in sys.modules)
"""


def test_a_peer_connection_is_there_without_dnspython() -> None:
    told = subprocess.run([sys.executable, "-c", LOADED], check=True, capture_output=True, text=True, timeout=60)
    assert told.stdout.split() == ["PeerConnection", "False"]
