from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.fake_meeting import crowd
from tests.helpers.people_views import led
from visio_desktop.meeting.rooms import Invitation, Room
from visio_desktop.meeting.state import Meeting
from visio_desktop.ui.widgets.invitation import encryption_text, invitation_text, link_of, shown_pin, title_of


@pytest.mark.parametrize(
    ("pin", "shown"), [("5828589750", "582 858 9750#"), ("12345", "123 45#"), ("123", "123#"), ("", "")]
)
def test_a_pin_is_grouped_as_it_is_read_out(pin: str, shown: str) -> None:
    assert shown_pin(pin) == shown


@given(st.text(alphabet="0123456789", max_size=20))
def test_no_digit_of_a_pin_is_lost(pin: str) -> None:
    assert shown_pin(pin).replace(" ", "").removesuffix("#") == pin


def test_the_servers_own_link_goes_before_ours() -> None:
    assert link_of(crowd(1)) == "https://meet.example.org/abc-defg-hij"
    other = replace(crowd(1), room=Room(invitation=Invitation("https://meet.example.org/xyz")))
    assert link_of(other) == "https://meet.example.org/xyz"
    assert link_of(Meeting()) == ""


def test_the_text_to_send_holds_what_there_is_and_nothing_empty() -> None:
    assert invitation_text(led()).splitlines() == [
        "You are invited to a video meeting: abc-defg-hij",
        "Join it here: https://meet.example.org/abc-defg-hij",
        "Or by telephone: +33 1 23 45 67 89, then the code 582 858 9750#",
    ]
    without = replace(led(), room=Room(invitation=Invitation(phone="+33 1 23 45 67 89")))
    assert "telephone" not in invitation_text(without)
    assert invitation_text(Meeting()) == "You are invited to a video meeting."


def test_a_title_is_tamed_and_may_be_the_rooms_name() -> None:
    assert title_of(replace(crowd(1), title="Weekly\u202e\nreview")) == "Weekly review"
    assert title_of(replace(crowd(1), title="")) == "abc-defg-hij"
    assert title_of(Meeting()) == ""


def test_encryption_is_told_where_it_is_a_question() -> None:
    meeting = crowd(2)
    assert encryption_text(meeting) == ""

    def with_states(*states: bool) -> Meeting:
        people = tuple(
            replace(person, publications=tuple(replace(q, encrypted=state) for q in person.publications))
            for person, state in zip(meeting.participants, states, strict=True)
        )
        return replace(meeting, participants=people)

    assert encryption_text(with_states(True, True)).startswith("Encrypted end to end")
    assert encryption_text(with_states(True, False)).startswith("Not everything")
