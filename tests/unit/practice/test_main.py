"""The practice meeting's process, as the adapter starts it."""

from __future__ import annotations

import json
import subprocess
import sys

from visio_desktop.servers.practice.wire import Bye, Hello, Welcome, decode, encode

COMMAND = (sys.executable, "-m", "visio_desktop.practice")


def test_it_answers_a_hello_passes_over_rubbish_and_ends_with_a_bye() -> None:
    said = b"rubbish\n" + encode(Hello("Odile", "en")) + encode(Bye())
    done = subprocess.run(COMMAND, input=said, capture_output=True, timeout=30, check=False)
    assert done.returncode == 0, done.stderr.decode()
    lines = done.stdout.splitlines(keepends=True)
    assert isinstance(decode(lines[0]), Welcome)
    assert all(json.loads(line)["is"] for line in lines)


def test_it_ends_with_its_input() -> None:
    done = subprocess.run(COMMAND, input=b"", capture_output=True, timeout=30, check=False)
    assert (done.returncode, done.stdout) == (0, b"")


def test_where_no_loop_waits_for_pipes_a_thread_reads_them() -> None:
    code = (
        "import runpy, sys\nimport visio_desktop.practice.meeting\n"
        "import visio_desktop.system.compiled, visio_desktop.system.packed\nsys.platform = 'win32'\n"
        "runpy.run_module('visio_desktop.practice', run_name='__main__')\n"
    )
    said = b"rubbish\n" + encode(Hello("Odile", "en")) + encode(Bye())
    done = subprocess.run([sys.executable, "-c", code], input=said, capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr.decode()
    assert isinstance(decode(done.stdout.splitlines(keepends=True)[0]), Welcome)


def test_it_uses_what_a_start_of_the_program_has_kept() -> None:
    code = (
        "import runpy\nfrom visio_desktop.system import compiled, packed\nbegun = []\n"
        "packed.Packed.begin = lambda self: begun.append('packed')\n"
        "runpy.run_module('visio_desktop.practice', run_name='__main__')\n"
        "print(*begun, compiled.begun() is not None)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], input="", capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.split() == ["packed", "True"]
