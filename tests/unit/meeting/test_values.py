"""The small values."""

from visio_desktop.meeting.values import Participant, Publication, Role, Source


def test_only_camera_and_screen_give_pictures() -> None:
    assert [source for source in Source if source.is_video] == [Source.CAMERA, Source.SCREEN]


def test_a_participant_may_be_heard_only_with_an_open_microphone() -> None:
    muted = Publication("m", "a", Source.MICROPHONE, muted=True)
    assert not Participant("a", "Amina").microphone_open
    assert not Participant("a", "Amina", publications=(muted,)).microphone_open
    assert Participant("a", "Amina", publications=(Publication("m", "a", Source.MICROPHONE),)).microphone_open


def test_a_publication_is_found_by_its_source() -> None:
    camera = Publication("c", "a", Source.CAMERA)
    amina = Participant("a", "Amina", publications=(camera,))
    assert amina.publication(Source.CAMERA) is camera
    assert amina.publication(Source.SCREEN) is None


def test_whoever_is_more_than_a_member_leads() -> None:
    assert [role for role in Role if role.leads] == [Role.ADMINISTRATOR, Role.OWNER]
