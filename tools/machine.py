"""A virtual machine for tests whose kernel makes devices this one cannot: cameras, headsets, sound cards.

Its root is this machine's own, read-only, with a file system in memory laid over it: what is installed here is there,
and nothing it writes stays. The kernel is Debian's, unpacked into `.cache/machine/` and installed nowhere. There is no
network in it. The processor is emulated: /dev/kvm is not everywhere, and where it is it does not start every kernel
(decision 45).
"""

from __future__ import annotations

import os
import platform
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from tools.shell import CACHE, ROOT, SetUpError, fetch_package, must_run, refresh_packages, say

FOLDER: Final = CACHE / "machine"
MODULES: Final = FOLDER / "lib" / "modules"
BUSYBOX: Final = FOLDER / "busybox"
INSIDE: Final = "VISIO_DESKTOP_MACHINE"
"""Set for what runs in there."""
NEVER_ENDED: Final = 124
NEVER_BEGUN: Final = 125

_QEMU: Final = "qemu-system-x86_64"
_KERNELS: Final = "linux-image-amd64"
# What it starts with, and what tests ask for in it.
_TO_START: Final = ("virtio_pci", "9pnet_virtio", "9p", "overlay")
_AT_ONCE: Final = ("uhid", "hid-generic")
_DEVICES: Final = (*_AT_ONCE, "vivid", "snd-aloop", "snd-dummy")
_MEMORY_MB: Final = 2_048
_ENDED: Final = re.compile(r"^machine: ended (\d+)\r?$", re.MULTILINE)
_INIT: Final = """#!/busybox sh
/busybox mkdir -p /proc /over /below /whole
/busybox mount -t proc proc /proc
for module in $(/busybox cat /order); do /busybox insmod "/$module" || echo "machine: no $module"; done
/busybox mount -t tmpfs -o size=75% tmpfs /over
/busybox mkdir /over/up /over/work
/busybox mount -t 9p -o trans=virtio,version=9p2000.L,ro,cache=loose,msize=512000 root /below
/busybox mount -t overlay -o lowerdir=/below,upperdir=/over/up,workdir=/over/work overlay /whole
/busybox mount -t proc proc /whole/proc
/busybox mount -t sysfs sysfs /whole/sys
/busybox mount -t devtmpfs devtmpfs /whole/dev
script=$(/busybox sed -n 's/.*machine=\\([^ ]*\\).*/\\1/p' /proc/cmdline)
exec /busybox switch_root /whole "$script"
"""
_SCRIPT: Final = """#!{busybox} sh
{busybox} mkdir -p /dev/shm /dev/pts /lib/modules /run
{busybox} mount -t tmpfs tmpfs /dev/shm
{busybox} mount -t devpts devpts /dev/pts
{busybox} mount -t tmpfs tmpfs /run
{busybox} ln -sfn {modules}/* /lib/modules/
{busybox} ip link set lo up
{busybox} modprobe -a {at_once}
cd {cwd}
{busybox} setsid {busybox} env -i {words}
status=$?
echo
echo "machine: ended $status"
{busybox} poweroff -f
"""


def is_there() -> bool:
    """Whether one can be started."""
    return (FOLDER / "ready").exists() and shutil.which(_QEMU) is not None


def can_be() -> bool:
    """Whether this is a machine it is made for."""
    return sys.platform == "linux" and platform.machine() == "x86_64"


def set_up() -> Path:
    """Install the machine's program and unpack a kernel, unless that was done before; raises `SetUpError`."""
    wanted, stamp = "\n".join((*_TO_START, *_DEVICES, _INIT)), FOLDER / "ready"
    if not can_be() or (stamp.exists() and stamp.read_text("utf-8") == wanted):
        return FOLDER
    if shutil.which(_QEMU) is None:
        raise SetUpError(f"please install {_QEMU} (qemu-system-x86), then try again")
    say("unpacking a kernel for the tests' virtual machine")
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as name:
        _unpack(Path(name))
    (FOLDER / "start").write_bytes(_start_files())
    stamp.write_text(wanted, encoding="utf-8")
    return FOLDER


def _unpack(folder: Path) -> None:
    must_run(["dpkg", "-x", fetch_package("busybox-static", folder), folder / "tools"])
    shutil.copyfile(folder / "tools/bin/busybox", BUSYBOX)
    BUSYBOX.chmod(0o755)
    must_run(["dpkg", "-x", fetch_package(_newest_kernel(), folder), folder / "kernel"])
    (kernel,) = (folder / "kernel/boot").glob("vmlinuz-*")
    shutil.copyfile(kernel, FOLDER / "kernel")
    (modules,) = (folder / "kernel/lib/modules").iterdir()
    must_run([BUSYBOX, "depmod", "-b", folder / "kernel", modules.name])
    needed = needs((modules / "modules.dep").read_text("utf-8"))
    for path in closure(needed, (*_TO_START, *_DEVICES)):
        (MODULES / modules.name / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(modules / path, MODULES / modules.name / path)
    must_run([BUSYBOX, "depmod", "-b", FOLDER, modules.name])


def _newest_kernel() -> str:
    """The package that Debian's package of the newest kernel stands for."""
    for refresh in (None, refresh_packages):
        if refresh is not None:
            refresh()
        said = subprocess.run(["apt-cache", "depends", _KERNELS], check=False, capture_output=True, text=True).stdout
        if found := re.search(r"Depends: (linux-image-\S+)", said):
            return found[1]
    raise SetUpError(f"the package {_KERNELS} is not known here")


def needs(table: str) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Each module's path and the paths it needs, of a modules.dep; by its name, with lines below."""
    found = {}
    for line in table.splitlines():
        path, _, others = line.partition(":")
        found[_named(path)] = (path, tuple(others.split()))
    return found


def closure(needed: Mapping[str, tuple[str, tuple[str, ...]]], wanted: Sequence[str]) -> tuple[str, ...]:
    """The paths of these modules and of all they need, each behind those it needs; raises `SetUpError`."""
    order: dict[str, None] = {}

    def add(name: str) -> None:
        if name not in needed:
            raise SetUpError(f"this kernel has no module {name}")
        path, others = needed[name]
        if path not in order:
            for other in others:
                add(_named(other))
            order[path] = None

    for name in wanted:
        add(_named(name))
    return tuple(order)


def _named(path: str) -> str:
    return path.rpartition("/")[2].partition(".")[0].replace("-", "_")


def _start_files() -> bytes:
    """What the kernel begins with, until it has the root."""
    (modules,) = MODULES.iterdir()
    paths = closure(needs((modules / "modules.dep").read_text("utf-8")), _TO_START)
    files = {_named(path) + ".ko": (modules / path).read_bytes() for path in paths}
    order = " ".join(files).encode()
    return archive({"init": _INIT.encode(), "order": order, "busybox": BUSYBOX.read_bytes(), **files})


def archive(files: Mapping[str, bytes]) -> bytes:
    """These files in the archive the kernel takes (cpio, newc), all of them to be run."""
    parts = []
    for number, (name, content) in enumerate((*files.items(), ("TRAILER!!!", b"")), start=1):
        fields = (number, 0o100755, 0, 0, 1, 0, len(content), 0, 0, 0, 0, len(name) + 1, 0)
        head = b"070701" + b"".join(b"%08x" % field for field in fields) + name.encode() + b"\0"
        parts += [head, bytes(-len(head) % 4), content, bytes(-len(content) % 4)]
    return b"".join(parts)


def run_inside(
    command: Sequence[str], *, env: Mapping[str, str] | None = None, longest_s: float = 300
) -> tuple[int, str]:
    """Run a program in a new machine: its exit status and all that was said; `NEVER_ENDED` where it had to be ended.

    Settings are those given and no others.
    """
    with tempfile.TemporaryDirectory(dir=FOLDER) as name:
        settings = {"PATH": os.environ["PATH"], "HOME": name, "LC_ALL": "C.UTF-8", INSIDE: "1", **(env or {})}
        words = shlex.join([*(f"{key}={value}" for key, value in settings.items()), *command])
        script = Path(name) / "script"
        told = {"busybox": BUSYBOX, "modules": MODULES, "cwd": ROOT}
        quoted = {key: shlex.quote(str(value)) for key, value in told.items()}
        script.write_text(_SCRIPT.format(words=words, at_once=" ".join(_AT_ONCE), **quoted), "utf-8")
        script.chmod(0o755)
        return _boot(script, longest_s)


def _boot(script: Path, longest_s: float) -> tuple[int, str]:
    shared = "local,id=root,path=/,security_model=none,readonly=on,multidevs=remap"
    words = f"console=ttyS0 quiet loglevel=4 panic=-1 oops=panic machine={script}"
    machine = [
        *(_QEMU, "-nodefaults", "-no-user-config", "-no-reboot", "-display", "none", "-serial", "stdio"),
        *("-machine", "q35", "-accel", "tcg,thread=multi", "-cpu", "max"),
        *("-smp", "1", "-m", str(_MEMORY_MB)),
        *("-kernel", str(FOLDER / "kernel"), "-initrd", str(FOLDER / "start"), "-append", words),
        *("-fsdev", shared, "-device", "virtio-9p-pci,fsdev=root,mount_tag=root"),
    ]
    with subprocess.Popen(
        machine, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        try:
            said, late = process.communicate(timeout=longest_s)[0], False
        except subprocess.TimeoutExpired:
            process.kill()
            said, late = process.communicate()[0], True
    text = said.decode(errors="replace").replace("\r\n", "\n")
    ended = _ENDED.findall(text)
    return int(ended[-1]) if ended else NEVER_ENDED if late else NEVER_BEGUN, text


def main(arguments: Sequence[str]) -> int:
    """`./dev machine COMMAND`: run it in there."""
    set_up()
    status, said = run_inside(arguments)
    sys.stdout.write(said)
    return status
