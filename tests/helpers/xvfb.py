"""A virtual X display of our own."""

from __future__ import annotations

import os
import subprocess
from types import TracebackType
from typing import Self


class Xvfb:
    """`with Xvfb() as display:` starts one on a free number; `display.environment` brings programs there."""

    def __init__(self, width_px: int = 1280, height_px: int = 800) -> None:
        self.name = ""
        self.pid = 0
        self._size = f"{width_px}x{height_px}x24"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> dict[str, str]:
        """The variables that bring a program onto this display."""
        return {"DISPLAY": self.name, "QT_QPA_PLATFORM": "xcb"}

    def __enter__(self) -> Self:
        read, write = os.pipe()
        self._process = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write), "-screen", "0", self._size, "-nolisten", "tcp", "-noreset"],
            pass_fds=[write],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(write)
        self.pid = self._process.pid
        with os.fdopen(read, encoding="ascii") as answer:
            number = answer.readline().strip()
        if not number:
            raise RuntimeError("Xvfb did not start")
        self.name = f":{number}"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(10)
