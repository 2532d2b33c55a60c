"""Section (e): what replication costs. A full synchronisation, and each write once a replica follows.

Each server replicates to one of its own kind, Redis without a file on either side.
"""

import math
import re
import threading
import time
from statistics import median

from . import workload as w
from .command_line import Settings
from .cpu import Benchmark, requests_needed, sample
from .expiry import PROBES_PER_SECOND, undisturbed, wait_until
from .report import Failure, Goal, Report, percentile
from .resp import LOOPBACK, encode
from .servers import Candidate, Server, information

_DISKLESS = ["--repl-diskless-sync", "yes", "--repl-diskless-sync-delay", "0", "--repl-diskless-load", "on-empty-db"]
_WRITES = {
    "SET": [["SET", f"key:{w.NUMBER}", w.PAYLOAD]],
    "SET EX": [w.string_key()],
    "SESSSET": [["SESSSET", w.TOKEN, "FIELDS", "1", "data", w.PAYLOAD]],
    "SESSTOUCH": [["SESSTOUCH", w.TOKEN]],
}
"""What is written, on a million records that exist."""


def run(settings: Settings, report: Report) -> None:
    """Both benchmarks of the section."""
    if settings.selects("full sync"):
        report.section(
            "Full synchronisation",
            f"{settings.records:,} sessions, from REPLICAOF until the replica follows; servers on all cores. Latencies "
            "in milliseconds of PING, GET and, where known, SESSGET on the primary meanwhile, in a second run.",
        )
        seconds = {candidate.label: _full_sync(candidate, settings, report) for candidate in settings.candidates}
        base = seconds[settings.reference.label]
        for candidate in settings.contenders:
            ratio = seconds[candidate.label] / base
            report.goal(Goal("full sync, time of redis's", candidate.label, ratio, 1, "x"))
    selected = [
        (name, depth) for name in _WRITES for depth in (1, 16) if settings.selects(f"{name} P={depth} replicated")
    ]
    if selected:
        report.section(
            "CPU per write (microseconds) without and with a replica",
            "The replica reads and does nothing with it. Medians.",
        )
        for candidate in settings.candidates:
            for name, depth in selected:
                if not (candidate.is_redis and name.startswith("SESS")):
                    _write(name, depth, candidate, settings, report)


def _arguments(candidate: Candidate) -> list[str]:
    return _DISKLESS if candidate.is_redis else []


def _follow(replica: Server, primary: Server) -> None:
    with replica.connect() as connection:
        connection.call("REPLICAOF", LOOPBACK, primary.port)


def _await_link(replica: Server, bound: float) -> float:
    """Seconds until the replica follows its primary."""
    start = time.monotonic()
    with replica.connect() as connection:
        while time.monotonic() < start + bound:
            try:
                if information(connection, "master_link_status") == "up":
                    return time.monotonic() - start
            except OSError:
                pass
            time.sleep(0.01)
    raise Failure(f"{replica.label}: the replica did not follow within {bound:g} s")


def _full_sync(candidate: Candidate, settings: Settings, report: Report) -> float:
    name = "full sync"
    settings.progress(f"{name}: {candidate.label}")
    arguments, cores = _arguments(candidate), settings.cores.both
    with Server(candidate, cores, arguments) as primary, primary.connect() as connection:
        w.load(connection, settings.records, [w.session()] if primary.has_sessions else w.full_redis_session())
        time.sleep(2)
        resident = primary.resident_bytes()
        primary.forget_peak()
        seconds = []
        for _ in range(3):
            with Server(candidate, cores, arguments) as replica:
                _follow(replica, primary)
                seconds.append(_await_link(replica, 300))
                _check_size(connection, replica)
        growth = primary.peak_resident_bytes() / resident - 1
        latencies = _latencies(primary, candidate, settings)
    figures = {
        "seconds": median(seconds), "samples": seconds, "growth": growth, "probes": len(latencies),
        "p50": percentile(latencies, 0.5), "p99": percentile(latencies, 0.99),
        "maximum": max(latencies, default=math.nan),
    }
    report.record("full sync", name, candidate.label, figures)
    report.table(
        ["benchmark", "server", "time", "fastest", "memory", "median", "p99", "max"],
        [[
            name, candidate.label, f"{figures['seconds']:.2f} s", f"{min(seconds):.2f} s", f"{growth:+.1%}",
            *(f"{figures[key]:,.2f}" for key in ("p50", "p99", "maximum")),
        ]],
        tag="full sync",
    )
    if candidate in settings.contenders:
        report.goal(Goal("full sync, memory growth", candidate.label, growth * 100, 10, "%"))
        report.goal(Goal("full sync, p99 of requests", candidate.label, figures["p99"], 5, "ms"))
    return figures["seconds"]


def _check_size(connection, replica: Server) -> None:
    with replica.connect() as other:
        sizes = (connection.call("DBSIZE"), other.call("DBSIZE"))
    if sizes[0] != sizes[1]:
        raise Failure(f"{replica.label}: the primary has {sizes[0]} keys, its replica {sizes[1]}")


def _latencies(primary: Server, candidate: Candidate, settings: Settings) -> list[float]:
    """Milliseconds of requests to the primary while a replica synchronises."""
    probes = [encode("PING"), encode("GET", "nothing")]
    if primary.has_sessions:
        probes.append(encode("SESSGET", w.TOKEN.replace(w.NUMBER, f"{7:012d}")))
    latencies: list[float] = []
    # On the core of the load: how long the primary answers is asked, not how two servers share a core.
    with Server(candidate, {settings.cores.load}, _arguments(candidate)) as replica:
        with primary.connect() as connection, undisturbed():
            _follow(replica, primary)
            interval, due, count = 1 / PROBES_PER_SECOND, time.time(), 0
            while count % 100 != 99 or "state=online" not in (information(connection, "slave0") or ""):
                # INFO takes longer than a probe, and is none.
                due = max(due, time.time()) if count % 100 == 99 else due
                wait_until(due)
                connection.socket.sendall(probes[count % len(probes)])
                connection.reply()
                latencies.append((time.time() - due) * 1000)
                count, due = count + 1, due + interval
    return latencies


class _Follower:
    """A replica that reads what it is sent, says so, and does nothing with it: a real one, on the core of the load,
    could not keep up with a primary that has a core for itself. Use as a context manager; inside, it follows."""

    def __init__(self, primary: Server):
        self._connection = primary.connect()
        for request in (["PING"], ["REPLCONF", "listening-port", 1], ["REPLCONF", "capa", "eof", "capa", "psync2"]):
            self._connection.call(*request)
        self._socket = self._connection.socket
        self._socket.settimeout(0.2)
        self._stopped = False
        self._follows = threading.Event()
        self._thread = threading.Thread(target=self._read, daemon=True)

    def __enter__(self) -> "_Follower":
        self._thread.start()
        if not self._follows.wait(300):
            raise Failure("the replica was not sent its snapshot within 300 s")
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped = True
        self._thread.join()
        self._connection.close()

    def _read(self) -> None:
        buffer = bytearray(1 << 20)
        self._socket.sendall(encode("PSYNC", "?", -1))
        head = b""
        while not (found := re.search(rb"\+FULLRESYNC \w+ (\d+)\r\n\s*\$EOF:(.{40})\r\n", head)):
            head += self._receive(buffer)
        offset, mark, tail = int(found[1]), found[2], head[found.end():]
        while mark not in tail:
            tail = tail[-40:] + self._receive(buffer)
        offset += len(tail.partition(mark)[2])
        said = 0.0
        while not self._stopped:
            if time.monotonic() - said > 0.5:
                self._socket.sendall(encode("REPLCONF", "ACK", offset))
                said = time.monotonic()
                self._follows.set()
            try:
                offset += self._socket.recv_into(buffer)
            except TimeoutError:
                pass

    def _receive(self, buffer: bytearray) -> bytes:
        while True:
            try:
                return bytes(buffer[:self._socket.recv_into(buffer)])
            except TimeoutError:
                pass


def _write(name: str, depth: int, candidate: Candidate, settings: Settings, report: Report) -> None:
    benchmark = Benchmark(f"{name} P={depth} replicated", _WRITES[name], _WRITES[name][0])
    plain: list[float] = []
    replicated: list[float] = []
    # Two primaries with the same data: one alone, one with a replica.
    with Server(candidate, {settings.cores.server}, _arguments(candidate)) as alone, Server(
        candidate, {settings.cores.server}, _arguments(candidate)
    ) as primary:
        data = [w.session()] if name.startswith("SESS") else [w.string_key()]
        for server in (alone, primary):
            with server.connect() as connection:
                w.load(connection, settings.records, data)
        count = requests_needed(benchmark, depth, alone, settings)
        with _Follower(primary):
            for repetition in range(settings.repetitions):
                settings.progress(f"{benchmark.name}: {candidate.label}, {repetition + 1} of {settings.repetitions}")
                for server in (alone, primary) if repetition % 2 == 0 else (primary, alone):
                    cost = sample(benchmark, depth, server, count, settings).total
                    (replicated if server is primary else plain).append(cost)
    ratio = median(replicated) / median(plain)
    least = min(replicated) / min(plain)
    report.record("replicated", benchmark.name, candidate.label, {
        "plain": plain, "replicated": replicated, "ratio": ratio, "minimum_ratio": least,
    })
    report.table(
        ["benchmark", "server", "alone", "replicated", "ratio", "min ratio"],
        [[
            benchmark.name, candidate.label, f"{median(plain):.2f}", f"{median(replicated):.2f}", f"{ratio:.2f}",
            f"{least:.2f}",
        ]],
        tag="replicated",
    )
    if candidate in settings.contenders:
        report.goal(Goal(f"{benchmark.name}, CPU of alone", candidate.label, ratio, 1.10, "x"))
