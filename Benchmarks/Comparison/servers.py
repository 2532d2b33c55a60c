"""Starting, watching and stopping the servers under test. Each is a child of this process and dies with it."""

import ctypes
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from .machine import TICKS_PER_SECOND
from .report import Failure
from .resp import LOOPBACK, Connection, ErrorReply

_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG, prctl(2)
_libc = ctypes.CDLL(None)


def run_on(cores: set[int]):
    """For `preexec_fn`, with `start_new_session`: pins the child to `cores`, has the kernel kill it should this process
    vanish, and, where that is allowed, prefers its session to everything else there (sched(7), autogroup)."""

    def prepare() -> None:
        _libc.prctl(_DIE_WITH_PARENT, signal.SIGKILL)
        os.sched_setaffinity(0, cores)
        try:
            Path("/proc/self/autogroup").write_text("-20", encoding="ascii")
        except OSError:
            pass  # Not root, or a kernel without automatic groups: the `noise` column tells what that cost.

    return prepare


@dataclass(frozen=True)
class Candidate:
    """A server that takes part in the comparison."""

    label: str
    binary: str

    @property
    def is_redis(self) -> bool:
        """A redis-server or valkey-server, to go by its file name: takes persistence flags, has no sessions."""
        return Path(self.binary).name in ("redis-server", "valkey-server", "keydb-server")

    def arguments(self, port: int) -> list[str]:
        """The command line that makes it a cache on loopback without persistence."""
        line = [self.binary, "--port", str(port), "--bind", LOOPBACK]
        return line + ["--save", "", "--appendonly", "no"] if self.is_redis else line


@dataclass(frozen=True)
class CPUTime:
    """CPU seconds a process has used. `total` is exact to the nanosecond; the kernel samples how it divides into
    `user` and `system` at clock ticks, so that division needs runs of seconds."""

    total: float
    user: float
    system: float

    def __sub__(self, earlier: "CPUTime") -> "CPUTime":
        total = self.total - earlier.total
        user, system = self.user - earlier.user, self.system - earlier.system
        sampled = user + system
        share = user / sampled if sampled > 0 else 0.0
        return CPUTime(total, total * share, total * (1 - share))


class Server:
    """A running server. Use as a context manager; leaving it stops the process and removes its directory."""

    def __init__(self, candidate: Candidate, cores: set[int], arguments: list[str] | None = None):
        self.candidate = candidate
        self.label = candidate.label
        self._directory = tempfile.mkdtemp(prefix="cloakroom-compare-")
        self._log = Path(self._directory, "log")
        self.port = _free_port()
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                candidate.arguments(self.port) + (arguments or []),
                cwd=self._directory,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=run_on(cores),
            )
        self.pid = self._process.pid
        try:
            self._wait_until_ready()
            with self.connect() as connection:
                self.has_sessions = _knows(connection, "SESSCREATE")
        except BaseException:
            self.stop()
            raise

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def connect(self) -> Connection:
        return Connection(self.port)

    def stop(self) -> None:
        """SIGTERM, then SIGKILL after five seconds: neither can have anything to save."""
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(5)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        shutil.rmtree(self._directory, ignore_errors=True)

    def cpu_time(self) -> CPUTime:
        """CPU time so far, of all threads."""
        nanoseconds = 0
        for task in Path(f"/proc/{self.pid}/task").iterdir():
            nanoseconds += int(Path(task, "schedstat").read_text(encoding="ascii").split()[0])
        fields = Path(f"/proc/{self.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        user, system = int(fields[11]) / TICKS_PER_SECOND, int(fields[12]) / TICKS_PER_SECOND
        return CPUTime(nanoseconds / 1e9, user, system)

    def resident_bytes(self) -> int:
        """Resident memory now."""
        return self._status("VmRSS")

    def peak_resident_bytes(self) -> int:
        """The most memory resident since the start or since `forget_peak`."""
        return self._status("VmHWM")

    def forget_peak(self) -> None:
        """Starts a new peak from what is resident now (proc(5), clear_refs)."""
        Path(f"/proc/{self.pid}/clear_refs").write_text("5", encoding="ascii")

    def _status(self, field: str) -> int:
        for line in Path(f"/proc/{self.pid}/status").read_text(encoding="utf-8").splitlines():
            if line.startswith(field + ":"):
                return int(line.split()[1]) * 1024
        raise RuntimeError(f"no {field} in /proc/{self.pid}/status")

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                break
            try:
                with Connection(self.port, timeout=5) as connection:
                    connection.call("PING")
                    return
            except (OSError, ErrorReply):
                time.sleep(0.02)
        log = self._log.read_text(encoding="utf-8", errors="replace").strip()
        raise Failure(f"{self.candidate.binary} did not come up on port {self.port}:\n{log[-2000:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return probe.getsockname()[1]


def _knows(connection: Connection, command: str) -> bool:
    try:
        answer = connection.call("COMMAND", "INFO", command)
        return bool(answer) and answer[0] is not None
    except ErrorReply:
        return False


def information(connection: Connection, field: str) -> str | None:
    """A value out of INFO, or None where the server has no such field."""
    for line in connection.call("INFO").decode().splitlines():
        if line.startswith(field + ":"):
            return line.partition(":")[2]
    return None
