from visio_desktop.meeting.look import BACKGROUNDS, BLUR, PLAIN, Look


def test_a_look_is_plain_until_something_is_done_to_the_picture() -> None:
    assert Look().is_plain
    assert not Look(BLUR).is_plain
    assert not Look(brighten=True).is_plain
    assert {PLAIN, BLUR} < set(BACKGROUNDS)
