from __future__ import annotations

from tests.helpers.rtc_pair import LOOPBACK, Heard, until
from visio_desktop.rtc import PeerConnection, PeerState
from visio_desktop.rtc.frames import Codec
from visio_desktop.servers.links.ways import Ways
from visio_desktop.servers.links.wire import Wire


async def test_the_first_connection_is_marked_and_its_path_is_told() -> None:
    marks: list[str] = []
    ways = Ways(marks.append)
    for state in (PeerState.CONNECTING, PeerState.CONNECTED, PeerState.CONNECTED):
        ways.heard(state)
    assert marks == ["first_ice_connected"]
    assert ways.path() == {"protocol": "", "candidate": "", "proxy": ""}
    wires = [Wire(lambda listener: PeerConnection(LOOPBACK, listener)) for _ in range(2)]
    for wire in wires:
        ways.add(wire)
    other = PeerConnection(LOOPBACK, Heard())
    other.add_sender((Codec.OPUS,), stream_id="s", track_id="t")
    await other.set_answer(await wires[1].peer.accept_offer(await other.create_offer()))
    await until(lambda: wires[1].state is PeerState.CONNECTED)
    assert ways.path()["protocol"] == "udp"
    ways.suspect()
    ways.drop(wires[1])
    assert ways.path()["protocol"] == ""
    for wire in wires:
        await wire.close()
    await other.close()
