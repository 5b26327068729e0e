"""These run in a virtual machine only (tests/end2end/test_kernel_devices.py): they load modules of a kernel."""

from __future__ import annotations

import os

from tools.machine import INSIDE

collect_ignore_glob = [] if os.environ.get(INSIDE) else ["test_*.py"]
