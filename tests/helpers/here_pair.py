"""Two peers in one process on whatever addresses this machine has: `python -m tests.helpers.here_pair`.

Tells, as JSON, the addresses in the offer and the path media takes.
"""

from __future__ import annotations

import asyncio
import json
import sys
from random import Random

from tests.helpers.rtc_pair import Heard, until
from visio_desktop.rtc.options import PeerOptions, PeerState
from visio_desktop.rtc.peer import PeerConnection


async def main() -> None:
    peers = [PeerConnection(PeerOptions(), Heard(), random=Random(n)) for n in range(2)]
    channel = peers[0].open_channel("chat")
    offer = await peers[0].create_offer()
    await peers[0].set_answer(await peers[1].accept_offer(offer))
    await until(lambda: channel.is_open and all(peer.state is PeerState.CONNECTED for peer in peers))
    lines = [line.split() for line in offer.splitlines() if line.startswith("a=candidate:")]
    sys.stdout.write(json.dumps({"addresses": sorted({line[4] for line in lines}), "path": peers[0].path()}) + "\n")
    for peer in peers:
        await peer.close()


if __name__ == "__main__":
    asyncio.run(main())
