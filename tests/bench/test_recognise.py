from __future__ import annotations

import pytest

from bench.recognise import SAMPLES, Hosts, Recognised, desk, lines, slow
from visio_desktop.servers.evidence.table import TABLE

FAST = Recognised("Galene", "galene", 90.0, [10, 20, 900])
SHOWN = {"Janus": "janus", "Galene": "galene", "La Suite Meet": "lasuite", "Jitsi Meet, for the browser": "Jitsi Meet"}
SLOW = Recognised("Jitsi Meet, for the browser", "Jitsi Meet", 90.0, [400, 600, 700])


def test_the_table_tells_the_first_time_and_the_others() -> None:
    shown = lines([FAST, SLOW])
    assert "once and 3 times more" in shown[0]
    assert "| Galene | 90 | 20 | 900 |" in shown


def test_what_usually_takes_too_long_is_named() -> None:
    assert slow([FAST, SLOW]) == ["Jitsi Meet, for the browser"]


def test_every_kind_that_a_meeting_can_be_of_has_a_sample() -> None:
    named = " ".join(sample.title for sample in SAMPLES)
    assert [row.title for row in TABLE if row.is_meeting and row.title not in named] == []


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_pasted_link_ends_at_the_page_or_at_the_question(qapp: object) -> None:
    assert qapp is not None
    hosts = Hosts()
    try:
        with desk() as there:
            found = {each.title: there.paste(hosts.link(each)) for each in SAMPLES if each.title in SHOWN}
    finally:
        hosts.close()
    kinds = {title: kind for title, (_, kind) in found.items()}
    assert kinds == SHOWN
    assert all(took_ms > 0 for took_ms, _ in found.values())
