"""Files that are named as devices."""

from pathlib import Path

import pytest

from visio_desktop.media.errors import FileError
from visio_desktop.media.playable import refuse_unplayable
from visio_desktop.media.specs import parse_spec
from visio_desktop.meeting.values import DeviceKind, ProblemCode

KINDS = (DeviceKind.CAMERA, DeviceKind.MICROPHONE)


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_that_is_missing_or_no_media_is_refused(tmp_path: Path, kind: DeviceKind) -> None:
    found = []
    (tmp_path / "letter.mp4").write_bytes(b"Dear Ada, " * 1_000)
    for name in ("nowhere.mp4", "letter.mp4"):
        with pytest.raises(FileError) as caught:
            refuse_unplayable(parse_spec(f"file:{tmp_path / name}", kind), kind)
        found.append(caught.value.problem.code)
    assert found == [ProblemCode.FILE_MISSING, ProblemCode.FILE_UNREADABLE]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("text", ["default", "none", "test", "nobody's device"])
def test_devices_are_not_looked_at(kind: DeviceKind, text: str) -> None:
    refuse_unplayable(parse_spec(text, kind), kind)
