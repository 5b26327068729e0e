"""What proves a kind stands in `tests/contract/test_links.py`, answer by answer; here: that nothing else does."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.net import Reply
from visio_desktop.servers.evidence import proofs

PROOFS = (
    proofs.galene,
    proofs.talk,
    proofs.element_call,
    proofs.opentalk,
    proofs.janus,
    proofs.talk_backend,
    proofs.matrix,
    proofs.jitsi,
    proofs.big_blue_button,
    proofs.edumeet,
    proofs.livekit,
    proofs.offers_media,
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["name", "ocs", "data", "m.homeserver", "janus", "x"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@pytest.mark.parametrize("proof", PROOFS)
@given(JSON, st.sampled_from([200, 204, 301, 401, 500]), st.sampled_from(["application/json", "text/html", ""]))
def test_other_json_proves_nothing(proof: Callable[[Reply], bool], value: object, status: int, kind: str) -> None:
    assert not proof(Reply(status, json.dumps(value).encode(), kind))


@pytest.mark.parametrize("proof", PROOFS)
@given(st.binary(max_size=60), st.integers(100, 599), st.text(max_size=8))
def test_rubbish_proves_nothing(proof: Callable[[Reply], bool], body: bytes, status: int, kind: str) -> None:
    assert not proof(Reply(status, body, kind, {"allow": kind, "accept-post": kind}))


def test_values_within_values() -> None:
    assert proofs.within({"a": {"b": 5}}, "a", "b") == 5
    assert proofs.within({"a": [5]}, "a", "b") is None
    assert proofs.within(None, "a") is None
    assert proofs.fields(Reply(200, b"[" * 100_000)) == {}
