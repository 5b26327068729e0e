"""Strong noise suppression with the real library; what is broken in place of it falls back."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from types import SimpleNamespace

import numpy as np
import pytest

from tests.helpers.sound import spoken
from visio_desktop.media import strong_noise
from visio_desktop.media.processing import LiveKitProcessing, Processing, Untouched, load_processing
from visio_desktop.media.samples import BLOCK, FRAME, RATE_HZ, Pcm, level_db, to_pcm
from visio_desktop.media.strong_noise import StrongNoise, StrongNoiseError, StrongProcessing
from visio_desktop.meeting.values import SoundWishes

STRONG = SoundWishes(strong=True)
SECONDS = 3
LATE = slice(RATE_HZ, None)


@pytest.fixture(autouse=True)
def _anew() -> Iterator[None]:
    strong_noise._loaded.cache_clear()
    yield
    strong_noise._loaded.cache_clear()


def steady() -> Pcm:
    return to_pcm(np.random.default_rng(1).normal(0, 10 ** (-45 / 20), SECONDS * RATE_HZ).astype(np.float32))


def keyboard() -> Pcm:
    """Short bursts, three to ten in a second."""
    chance = np.random.default_rng(2)
    sound = chance.normal(0, 1e-4, SECONDS * RATE_HZ)
    click = np.exp(-np.arange(RATE_HZ * 3 // 100) / RATE_HZ / 0.006) * 0.08
    at = 0
    while at < len(sound) - len(click):
        sound[at : at + len(click)] += chance.normal(0, 1, len(click)) * click
        at += int(chance.uniform(0.1, 0.3) * RATE_HZ)
    return to_pcm(sound.astype(np.float32))


def lowered_db(processing: Processing, near: Pcm) -> float:
    far = np.zeros(FRAME, dtype=np.int16)
    out = np.concatenate([processing.process(near[at : at + FRAME], far) for at in range(0, len(near), FRAME)])
    return level_db((near[LATE] / 32768).astype(np.float32)) - level_db((out[LATE] / 32768).astype(np.float32))


def never() -> None:
    raise AssertionError


@pytest.mark.parametrize("noise", [steady, keyboard])
def test_noise_that_the_usual_leaves_is_taken_out(noise: type) -> None:
    assert lowered_db(load_processing(STRONG, never), noise()) > max(30, lowered_db(LiveKitProcessing(), noise()) + 12)


def test_speech_stays_as_loud_30_ms_later() -> None:
    speech = to_pcm(spoken(SECONDS, seed=2, pitch_hz=120.0))
    assert abs(lowered_db(load_processing(STRONG, never), speech)) < 3
    noise = StrongNoise()
    out = np.concatenate([noise.clean(speech[at : at + BLOCK]) for at in range(0, len(speech), BLOCK)])
    late_by = [np.dot(out[lag:].astype(float), speech[: len(speech) - lag].astype(float)) for lag in range(2 * FRAME)]
    assert int(np.argmax(late_by)) == 3 * BLOCK


def test_it_may_be_made_used_and_released_by_different_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    made, out = list[StrongNoise](), list[Pcm]()

    def make() -> None:
        made.append(StrongNoise())

    def use() -> None:
        out.append(made[0].clean(steady()[:BLOCK]))

    for work in (make, use, made.clear):
        thread = Thread(target=work)
        thread.start()
        thread.join()
    assert [len(block) for block in out] == [BLOCK]


def test_what_it_holds_is_released_with_the_last_reference(monkeypatch: pytest.MonkeyPatch) -> None:
    interface, library, network = strong_noise._loaded()
    freed: list[object] = []

    def free(state: object) -> None:
        freed.append(state)
        library.df_free(state)

    counted = SimpleNamespace(
        df_create=library.df_create,
        df_get_frame_length=library.df_get_frame_length,
        df_process_frame=library.df_process_frame,
        df_free=free,
    )
    monkeypatch.setattr(strong_noise, "_loaded", lambda: (interface, counted, network))
    noise = StrongNoise()
    assert freed == []
    del noise
    gc.collect()
    assert len(freed) == 1


def test_original_sound_knows_nothing_of_it() -> None:
    assert isinstance(load_processing(SoundWishes(strong=True, original=True), never), Untouched)


class Failing(StrongNoise):
    def __init__(self) -> None:
        self.calls = 0

    def clean(self, block: Pcm) -> Pcm:
        self.calls += 1
        raise StrongNoiseError


def test_one_that_fails_is_not_asked_again_and_noise_is_taken_out_as_usual() -> None:
    told: list[bool] = []
    failing = Failing()
    processing = StrongProcessing(SoundWishes(strong=True, noise=False), failing, lambda: told.append(True))
    assert lowered_db(processing, steady()) > 8
    assert (failing.calls, told) == (1, [True])


def test_what_is_no_sound_is_not_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    noise = StrongNoise()
    broken = SimpleNamespace(df_process_frame=lambda *_: noise._clean.fill(np.nan))
    monkeypatch.setattr(noise, "_library", broken)
    with pytest.raises(StrongNoiseError):
        noise.clean(steady()[:BLOCK])


@pytest.mark.parametrize("broken", ["absent", "network missing", "other network", "no library", "other library"])
def test_where_it_cannot_be_had_noise_is_taken_out_as_usual(
    broken: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = Path(strong_noise._loaded()[2].decode())
    strong_noise._loaded.cache_clear()
    (other := tmp_path / "network").write_bytes(b"no network")
    (library := tmp_path / "lib.so").write_bytes(b"no library")
    import _cffi_backend  # noqa: PLC0415 - a library that has none of the functions

    networks = {"network missing": tmp_path / "none", "other network": other}
    libraries = {"no library": library, "other library": Path(_cffi_backend.__file__)}
    assets = SimpleNamespace(model_path=networks.get(broken, network), library_path=libraries.get(broken, library))
    package = SimpleNamespace(runtime_assets=lambda: assets)
    found = {"import_module": lambda _name: package} if broken != "absent" else {"STRONG_NOISE": "no_such_package"}
    for name, value in found.items():
        monkeypatch.setattr(strong_noise, name, value)
    told: list[bool] = []
    processing = load_processing(SoundWishes(strong=True, noise=False), lambda: told.append(True))
    assert isinstance(processing, LiveKitProcessing)
    assert told == [True]
    assert lowered_db(processing, steady()) > 8
