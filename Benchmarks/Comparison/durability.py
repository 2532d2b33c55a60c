"""Section (f): what it costs to keep the data. Each write with an append log, a snapshot under load, and loading it.

Files are in the directory for temporary files; name another one by TMPDIR where that is in memory.
"""

import math
import secrets
import shutil
import tempfile
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median

from . import workload as w
from .command_line import Settings
from .cpu import Benchmark, requests_needed, sample
from .expiry import PROBES_PER_SECOND, undisturbed, wait_until
from .report import Failure, Goal, Report, percentile
from .resp import encode
from .servers import Candidate, Server, information

_WRITES = {"SET EX": [w.string_key()], "SESSTOUCH": [["SESSTOUCH", w.TOKEN]]}


def run(settings: Settings, report: Report) -> None:
    """All benchmarks of the section."""
    selected = [(name, depth) for name in _WRITES for depth in (1, 16) if settings.selects(f"{name} P={depth} logged")]
    if selected:
        report.section(
            "CPU per write (microseconds) in memory only, with appendfsync everysec, and encrypted",
            "All threads of the server count. Medians.",
        )
        for candidate in settings.candidates:
            for name, depth in selected:
                if not (candidate.is_redis and name.startswith("SESS")):
                    _logged(name, depth, candidate, settings, report)
    if settings.selects("always"):
        report.section("Requests per second with appendfsync always", "SET EX, 50 connections, P=1. Medians.")
        _always(settings, report)
    if settings.selects("snapshot"):
        report.section(
            "Snapshot and loading",
            f"{settings.records:,} sessions; Redis has them as hashes. Latencies in milliseconds of PING, GET and, "
            "where known, SESSGET during BGSAVE; load is from the start of the process until it answers.",
        )
        _snapshots(settings, report)


@contextmanager
def _directory():
    """A directory for the files of a server, and a key beside it."""
    path = Path(tempfile.mkdtemp(prefix="cloakroom-compare-"))
    try:
        (path / "data").mkdir()
        key = path / "key"
        key.touch(mode=0o600)
        key.write_text(secrets.token_hex(32) + "\n", encoding="ascii")
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def _kept(candidate: Candidate, path: Path, *, log: str | None = None, encrypted: bool = False) -> list[str]:
    """Flags that keep the data in a directory: with an append log that is synchronised in this way, or without."""
    line = ["--dir", str(path / "data"), "--appendonly", "yes" if log else "no"]
    if log:
        # A rewrite would be measured, too.
        line += ["--appendfsync", log, "--auto-aof-rewrite-percentage", "0"]
    if encrypted and not candidate.is_redis:
        line += ["--encrypt-at-rest", "yes", "--encryption-key-file", str(path / "key")]
    return line


def _logged(name: str, depth: int, candidate: Candidate, settings: Settings, report: Report) -> None:
    benchmark = Benchmark(f"{name} P={depth} logged", _WRITES[name], _WRITES[name][0])
    kinds = ["memory", "everysec"] + ([] if candidate.is_redis else ["encrypted"])
    costs: dict[str, list[float]] = {kind: [] for kind in kinds}
    with ExitStack() as stack:
        servers = {}
        for kind in kinds:
            path = stack.enter_context(_directory())
            flags = [] if kind == "memory" else _kept(candidate, path, log="everysec", encrypted=kind == "encrypted")
            server = servers[kind] = stack.enter_context(Server(candidate, {settings.cores.server}, flags))
            with server.connect() as connection:
                w.load(connection, settings.records, [w.session()] if name.startswith("SESS") else [w.string_key()])
        count = requests_needed(benchmark, depth, servers["memory"], settings)
        for repetition in range(settings.repetitions):
            settings.progress(f"{benchmark.name}: {candidate.label}, {repetition + 1} of {settings.repetitions}")
            for kind in kinds if repetition % 2 == 0 else reversed(kinds):
                costs[kind].append(sample(benchmark, depth, servers[kind], count, settings).total)
    medians = {kind: median(values) for kind, values in costs.items()}
    ratios = {kind: value / medians["memory"] for kind, value in medians.items()}
    report.record("logged", benchmark.name, candidate.label, {"costs": costs, "ratios": ratios})
    report.table(
        ["benchmark", "server", "memory", "everysec", "ratio", "encrypted", "ratio"],
        [[benchmark.name, candidate.label, f"{medians['memory']:.2f}", *(
            text for kind in ("everysec", "encrypted")
            for text in ((f"{medians[kind]:.2f}", f"{ratios[kind]:.2f}") if kind in medians else ("-", "-"))
        )]],
        tag="logged",
    )
    if candidate in settings.contenders and depth == 16:
        report.goal(Goal(f"{benchmark.name}, CPU of memory only", candidate.label, ratios["everysec"], 1.10, "x"))


def _always(settings: Settings, report: Report) -> None:
    benchmark = Benchmark("SET EX P=1 always", [w.string_key()])
    rates: dict[str, list[float]] = {candidate.label: [] for candidate in settings.candidates}
    with ExitStack() as stack:
        servers = []
        for candidate in settings.candidates:
            path = stack.enter_context(_directory())
            flags = _kept(candidate, path, log="always")
            servers.append(stack.enter_context(Server(candidate, {settings.cores.server}, flags)))
        counts = {server.label: requests_needed(benchmark, 1, server, settings) for server in servers}
        for repetition in range(settings.repetitions):
            settings.progress(f"{benchmark.name}: {repetition + 1} of {settings.repetitions}")
            for server in servers if repetition % 2 == 0 else reversed(servers):
                rates[server.label].append(sample(benchmark, 1, server, counts[server.label], settings).rate)
    base = median(rates[settings.reference.label])
    for candidate in settings.candidates:
        rate = median(rates[candidate.label])
        report.record("always", benchmark.name, candidate.label, {"rates": rates[candidate.label]})
        report.table(
            ["benchmark", "server", "req/s", "ratio"],
            [[benchmark.name, candidate.label, f"{rate:,.0f}", f"{rate / base:.2f}"]], tag="always",
        )
        if candidate in settings.contenders:
            goal = Goal(f"{benchmark.name}, throughput of redis's", candidate.label, rate / base, 1, "x", at_least=True)
            report.goal(goal)


def _snapshots(settings: Settings, report: Report) -> None:
    loads: dict[str, float] = {}
    for candidate in settings.candidates:
        for encrypted in (False,) if candidate.is_redis else (False, True):
            label = candidate.label + ("+key" if encrypted else "")
            settings.progress(f"snapshot: {label}")
            figures = _snapshot(candidate, settings, encrypted)
            loads[label] = figures["load"]
            report.record("snapshot", "snapshot", label, figures)
            report.table(
                ["benchmark", "server", "save", "memory", "p50", "p99", "max", "load", "size"],
                [[
                    "snapshot", label, f"{figures['save']:.2f} s", f"{figures['growth']:+.1%}",
                    *(f"{figures[key]:,.2f}" for key in ("p50", "p99", "maximum")), f"{figures['load']:.2f} s",
                    f"{figures['bytes'] / 1e6:,.0f} MB",
                ]],
                tag="snapshot",
            )
            if candidate in settings.contenders and not encrypted:
                report.goal(Goal("snapshot, memory growth", label, figures["growth"] * 100, 10, "%"))
                report.goal(Goal("snapshot, p99 of requests", label, figures["p99"], 5, "ms"))
                ratio = figures["load"] / loads[settings.reference.label]
                report.goal(Goal("loading, time of redis's", label, ratio, 0.7, "x"))
            if encrypted:
                ratio = figures["load"] / loads[candidate.label]
                report.goal(Goal("loading, encrypted, time of plain", label, ratio, 1.25, "x"))


def _snapshot(candidate: Candidate, settings: Settings, encrypted: bool) -> dict:
    with _directory() as path:
        flags = _kept(candidate, path, encrypted=encrypted)
        with Server(candidate, settings.cores.both, flags) as server, server.connect() as connection:
            w.load(connection, settings.records, [w.session()] if server.has_sessions else w.full_redis_session())
            time.sleep(2)
            resident = server.resident_bytes()
            server.forget_peak()
            times = []
            for _ in range(3):
                start = time.monotonic()
                connection.call("BGSAVE")
                while information(connection, "rdb_bgsave_in_progress") == "1":
                    time.sleep(0.01)
                times.append(time.monotonic() - start)
            growth = server.peak_resident_bytes() / resident - 1
            latencies = _latencies(server, connection)
            if information(connection, "rdb_last_bgsave_status") != "ok":
                raise Failure(f"{candidate.label}: BGSAVE failed")
        loads = []
        for _ in range(3):
            start = time.monotonic()
            with Server(candidate, settings.cores.both, flags) as server:
                loads.append(time.monotonic() - start)
                with server.connect() as connection:
                    if connection.call("DBSIZE") < settings.records:
                        raise Failure(f"{candidate.label}: not everything was loaded")
        size = (path / "data" / "dump.rdb").stat().st_size
    return {
        "save": median(times), "growth": growth, "load": median(loads), "loads": loads, "bytes": size,
        "p50": percentile(latencies, 0.5), "p99": percentile(latencies, 0.99),
        "maximum": max(latencies, default=math.nan),
    }


def _latencies(server: Server, connection) -> list[float]:
    """Milliseconds of requests while a snapshot is written."""
    probes = [encode("PING"), encode("GET", "nothing")]
    if server.has_sessions:
        probes.append(encode("SESSGET", w.TOKEN.replace(w.NUMBER, f"{7:012d}")))
    latencies: list[float] = []
    with undisturbed():
        connection.call("BGSAVE")
        interval, due, count = 1 / PROBES_PER_SECOND, time.time(), 0
        while count % 100 != 99 or information(connection, "rdb_bgsave_in_progress") == "1":
            # INFO takes longer than a probe, and is none.
            due = max(due, time.time()) if count % 100 == 99 else due
            wait_until(due)
            connection.socket.sendall(probes[count % len(probes)])
            connection.reply()
            latencies.append((time.time() - due) * 1000)
            count, due = count + 1, due + interval
    return latencies
