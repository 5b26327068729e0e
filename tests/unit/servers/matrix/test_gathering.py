from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.meeting.events import (
    HandChanged,
    ParticipantChanged,
    ParticipantLeft,
    PublicationChanged,
    PublicationGone,
    QualityChanged,
    ServerEvent,
    SpeakersChanged,
)
from visio_desktop.meeting.values import Participant, Publication, Quality, Source
from visio_desktop.servers.matrix.gathering import Gathering, Member

ME, ADA, BOB = "@me:h:M", "@ada:h:A", "@bob:h:B"
ONE, TWO = "https://one", "https://two"
CAMERA = Publication("TR_a", ADA, Source.CAMERA)


def people(**more: Member) -> dict[str, Member]:
    return {ME: Member("Me", ONE), ADA: Member("Ada", TWO), **more}


def told(events: list[ServerEvent]) -> list[str]:
    return [type(event).__name__ for event in events]


def gathered() -> Gathering:
    gathering = Gathering(ME)
    gathering.gather(people())
    gathering.tell_me()
    gathering.settle(arrived=False)
    return gathering


def test_members_are_shown_by_their_names_and_once() -> None:
    gathering = Gathering(ME)
    gathering.gather(people())
    assert gathering.tell_me() == Participant(ME, "Me", is_me=True)
    assert gathering.settle(arrived=False) == [ParticipantChanged(Participant(ADA, "Ada"), arrived=False)]
    assert gathering.settle() == []
    gathering.gather(people(**{BOB: Member("Bob", ONE, 7.0)}))
    bob = Participant(BOB, "Bob", hand_raised_at_ms=7.0)
    assert gathering.settle() == [ParticipantChanged(bob, arrived=True), HandChanged(BOB, 7.0)]
    gathering.gather(people(**{BOB: Member("Bobby", ONE)}))
    assert told(gathering.settle()) == ["ParticipantChanged", "HandChanged"]
    gathering.gather(people())
    assert gathering.settle() == [ParticipantLeft(BOB)]


def test_what_a_member_sends_counts_where_they_said_they_would() -> None:
    gathering = gathered()
    gathering.published(ONE, CAMERA)
    assert gathering.settle() == [], "somebody else's server says that it is Ada's"
    gathering.published(TWO, CAMERA)
    assert gathering.settle() == [PublicationChanged(CAMERA)]
    assert (gathering.place_of("TR_a"), gathering.place_of("TR_b")) == (TWO, None)
    assert dict(gathering.publications) == {"TR_a": CAMERA}
    gathering.withdrawn(TWO, "TR_a")
    assert gathering.settle() == [PublicationGone("TR_a")]


def test_who_is_no_member_is_not_there() -> None:
    gathering = gathered()
    gathering.somebody(ONE, Participant(BOB, "Bob"))
    gathering.published(ONE, Publication("TR_b", BOB, Source.CAMERA))
    assert gathering.settle() == []
    gathering.gather(people(**{BOB: Member("Bob", ONE)}))
    assert told(gathering.settle()) == ["ParticipantChanged", "PublicationChanged"]
    gathering.gather(people())
    assert told(gathering.settle()) == ["PublicationGone", "ParticipantLeft"]


def test_a_server_that_is_lost_takes_all_it_carried_with_it() -> None:
    gathering = gathered()
    gathering.published(TWO, CAMERA)
    gathering.speaking(TWO, frozenset({ADA, BOB}))
    assert gathering.settle() == [PublicationChanged(CAMERA), SpeakersChanged(frozenset({ADA}))]
    gathering.lost(TWO)
    assert gathering.settle() == [PublicationGone("TR_a"), SpeakersChanged(frozenset())]


def test_connections_and_those_who_leave_the_server_alone() -> None:
    gathering = gathered()
    gathering.somebody(TWO, Participant(ADA, "x"))
    gathering.quality(TWO, ADA, Quality.POOR)
    gathering.quality(TWO, BOB, Quality.POOR)
    assert gathering.settle() == [QualityChanged(ADA, Quality.POOR)]
    gathering.somebody(TWO, Participant(ADA, "y"))
    gathering.published(TWO, CAMERA)
    assert gathering.settle() == [PublicationChanged(CAMERA)]
    gathering.nobody(TWO, ADA)
    assert gathering.settle() == [PublicationGone("TR_a"), QualityChanged(ADA, Quality.UNKNOWN)]


@given(st.lists(st.tuples(st.sampled_from([ME, ADA, BOB]), st.sampled_from([ONE, TWO]), st.booleans()), max_size=12))
def test_what_is_told_adds_up_to_what_there_is(steps: list[tuple[str, str, bool]]) -> None:
    gathering, members = gathered(), people()
    shown, carried = {ME, ADA}, set()
    for number, (who, where, stays) in enumerate(steps):
        if stays:
            members[who] = Member(who, where)
            gathering.published(where, Publication(f"{where}{number}", who, Source.CAMERA))
        elif who != ME:
            members.pop(who, None)
        gathering.gather(members)
        for event in gathering.settle():
            match event:
                case ParticipantChanged(participant):
                    shown.add(participant.id)
                case ParticipantLeft(gone):
                    shown.remove(gone)
                case PublicationChanged(publication):
                    assert publication.participant_id in shown
                    carried.add(publication.id)
                case PublicationGone(gone):
                    carried.remove(gone)
                case _:
                    pass
    assert shown == {ME, *members}
    assert carried == set(gathering.publications)
