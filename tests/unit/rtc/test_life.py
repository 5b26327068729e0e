from __future__ import annotations

from visio_desktop.rtc.life import Life


class Path:
    """A path that answers as the test says."""

    def __init__(self) -> None:
        self.last_received_ms = 0.0
        self.send_failed_ms: float | None = None
        self.probes = 0

    def probe(self) -> None:
        self.probes += 1


class Bench:
    """A path, its judge, and time that passes in ticks."""

    def __init__(self) -> None:
        self.now_ms = 0.0
        self.path = Path()
        self.life = Life(lambda: self.now_ms)

    def tick(self, for_ms: float, *, answered: bool = False) -> bool:
        silent = False
        end_ms = self.now_ms + for_ms
        while self.now_ms < end_ms:
            self.now_ms += 20.0
            before = self.path.probes
            silent = self.life.is_silent(self.path, self.now_ms)
            if answered and self.path.probes > before:
                self.path.last_received_ms = self.now_ms
        return silent


def test_silence_is_noticed_within_three_seconds_after_many_questions() -> None:
    bench = Bench()
    assert not bench.tick(2_400)
    assert bench.tick(300)
    assert bench.path.probes >= 5


def test_a_path_that_answers_lives_though_nobody_sends() -> None:
    bench = Bench()
    assert not bench.tick(20_000, answered=True)
    assert 20 < bench.path.probes < 40


def test_a_busy_path_is_not_asked() -> None:
    bench = Bench()
    for _ in range(500):
        bench.path.last_received_ms = bench.now_ms
        assert not bench.tick(20)
    assert bench.path.probes == 0


def test_a_suspicion_is_settled_within_a_second() -> None:
    bench = Bench()
    bench.path.last_received_ms = 100.0
    bench.tick(100)
    bench.life.suspect()
    assert not bench.tick(800)
    assert bench.tick(200)
    bench.path.last_received_ms = bench.now_ms
    assert not bench.tick(20)


def test_a_suspicion_that_is_answered_is_forgotten() -> None:
    bench = Bench()
    bench.tick(100)
    bench.life.suspect()
    assert not bench.tick(2_000, answered=True)


def test_a_system_that_refuses_to_send_shortens_the_wait() -> None:
    bench = Bench()
    bench.tick(200)
    bench.path.send_failed_ms = 150.0
    assert not bench.tick(300)
    assert bench.tick(200)


def test_a_suspicion_that_the_system_confirms_needs_no_wait() -> None:
    bench = Bench()
    bench.path.last_received_ms = 100.0
    bench.tick(100)
    bench.life.suspect()
    bench.path.send_failed_ms = 110.0
    assert not bench.tick(100)
    assert bench.tick(100)


def test_a_loop_that_stood_still_proves_nothing() -> None:
    bench = Bench()
    bench.tick(100)
    bench.now_ms += 30_000.0
    assert not bench.tick(1_000, answered=True)
