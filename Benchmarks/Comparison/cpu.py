"""Section (a): server CPU per request and requests per second."""

import math
import subprocess
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from statistics import median

from . import workload as w
from .command_line import Settings
from .machine import CoreTime
from .report import Failure, Goal, Report
from .resp import LOOPBACK
from .servers import Server, run_on
from .subscribers import Subscribers

CONNECTIONS = 50


@dataclass(frozen=True)
class Benchmark:
    """One line of the table.

    `redis` lists the requests whose costs are added up: what an application would send to redis-server for the same.
    `requests` fixes how many are sent, for those that make the store grow. `subscribers` listen to the channel to
    which each request publishes; the run ends when all of them have received everything.
    """

    name: str
    redis: list[w.Request]
    cloakroom: w.Request | None = None
    goals: dict[int, dict[str, float]] = field(default_factory=dict)
    requests: int | None = None
    subscribers: int = 0

    def requests_for(self, server: Server) -> list[w.Request]:
        """What `server` is asked; Redis's requests where the benchmark has no others or the server no sessions."""
        return [self.cloakroom] if self.cloakroom and server.has_sessions else self.redis

    @property
    def note(self) -> str:
        """Which requests stand against each other, where they differ."""
        if not self.cloakroom:
            return ""
        return f"{_summary(self.cloakroom)}  against  {'  and  '.join(_summary(request) for request in self.redis)}"


@dataclass(frozen=True)
class DataSet:
    """What is stored while a group of benchmarks runs."""

    name: str
    redis: list[w.Request]
    cloakroom: list[w.Request]
    benchmarks: list[Benchmark]

    def requests_for(self, server: Server) -> list[w.Request]:
        return self.cloakroom if server.has_sessions else self.redis


_COMMON_GOALS = {16: {"total": 0.45}, 1: {"total": 0.85, "user": 0.5}}
_SET = f"set:{w.NUMBER}"
_INDEX_GOALS = {16: {"total": 0.8}}
_KEY, _HASH, _SESSION = f"key:{w.NUMBER}", f"hash:{w.NUMBER}", f"sess:{w.TOKEN}"
_NEW_TOKEN = f"new-{w.NUMBER}{w.NUMBER}{w.NUMBER}"
_CREATE = ["USER", w.USER, "DEVICE", w.DEVICE, "IDLE", "30m", "MAX", "12h", "FIELDS", "1", "data", w.PAYLOAD]
_FRAMEWORK_CREATE = [
    ["SET", f"sess:{_NEW_TOKEN}", w.PAYLOAD, "EX", "1800"],
    ["SADD", f"user-sessions:{w.USER}", _NEW_TOKEN],
]


def data_sets(growth: int) -> list[DataSet]:
    """All benchmarks. `growth` is how many sessions each run of a creating benchmark adds."""
    strings = [
        Benchmark("PING", [["PING"]]),
        Benchmark("GET", [["GET", _KEY]], goals=_COMMON_GOALS),
        Benchmark("SET EX", [w.string_key()], goals=_COMMON_GOALS),
        Benchmark("GETEX", [["GETEX", _KEY, "EX", w.DAY]]),
    ]
    sessions = [
        Benchmark(
            "SESSGET TOUCH", [["GETEX", _SESSION, "EX", w.DAY]], ["SESSGET", w.TOKEN, "TOUCH"],
            goals={16: {"total": 0.7}},
        ),
        Benchmark("SESSTOUCH", [["EXPIRE", _SESSION, w.DAY]], ["SESSTOUCH", w.TOKEN]),
    ]
    creations = [
        Benchmark("SESSCREATE ID", _FRAMEWORK_CREATE, ["SESSCREATE", "ID", _NEW_TOKEN, *_CREATE], requests=growth),
        Benchmark("SESSCREATE", _FRAMEWORK_CREATE, ["SESSCREATE", *_CREATE], requests=growth),
    ]
    fan_out = {16: {"total": 0.8}}
    publications = [
        Benchmark(f"PUBLISH to {count}", [["PUBLISH", w.CHANNEL, w.PAYLOAD]], goals=fan_out, subscribers=count)
        for count in (1, 20)
    ]
    sets = [
        # Members are drawn at random and are mostly new: as many as keep the sets small.
        Benchmark("SADD", [["SADD", _SET, f"device-of-user-{w.NUMBER}"]], goals=_INDEX_GOALS, requests=growth),
        Benchmark("SMEMBERS", [["SMEMBERS", _SET]], goals=_INDEX_GOALS),
        Benchmark("SADD one set", [["SADD", w.LARGE_SET, _NEW_TOKEN]], goals=_INDEX_GOALS, requests=growth),
    ]
    # Whom the sessions belong to, in many small sets, and when they expire, in a large one: what is added is new to a
    # small set and mostly known to the large one, with another score.
    small, large, last = f"index:{w.USER}", "expirations", "9" * 12
    first_ten = [last, "LIMIT", "0", "10"]
    indexes = [
        Benchmark("ZADD small", [["ZADD", small, w.NUMBER, w.TOKEN]], goals=_INDEX_GOALS),
        Benchmark("ZADD large", [["ZADD", large, w.NUMBER, w.TOKEN]], goals=_INDEX_GOALS),
        Benchmark("ZRANGEBYSCORE small", [["ZRANGEBYSCORE", small, "0", *first_ten]], goals=_INDEX_GOALS),
        Benchmark("ZRANGEBYSCORE large", [["ZRANGEBYSCORE", large, w.NUMBER, *first_ten]], goals=_INDEX_GOALS),
    ]
    one_session = [w.framework_session()]
    return [
        DataSet("strings", [w.string_key()], [w.string_key()], strings),
        DataSet("hashes", w.hash_key(), w.hash_key(), [Benchmark("HGETALL", [["HGETALL", _HASH]])]),
        DataSet("sets", w.sets(), w.sets(), sets),
        DataSet("sorted sets", w.sorted_sets(small, large), w.sorted_sets(small, large), indexes),
        DataSet("sessions", one_session, [w.session()], sessions),
        DataSet("nothing but subscribers", [w.string_key()], [w.string_key()], publications),
        DataSet("sessions and user index", [*one_session, w.framework_index()], [w.session()], creations),
    ]


@dataclass
class Sample:
    """One run of one benchmark on one server, per request: CPU in microseconds, and requests per second."""

    total: float
    user: float
    system: float
    rate: float
    noise: float


def run(settings: Settings, report: Report) -> None:
    """Measures every selected benchmark, data set by data set, the servers in turn within each repetition."""
    report.section("CPU per request (microseconds), requests per second", _explanation(settings))
    for data in data_sets(growth=settings.creations):
        selected = [
            (benchmark, depth)
            for benchmark in data.benchmarks
            for depth in (1, 16)
            if settings.selects(f"{benchmark.name} P={depth}")
        ]
        if selected:
            with ExitStack() as stack:
                servers = [stack.enter_context(Server(one, {settings.cores.server})) for one in settings.candidates]
                for server in servers:
                    settings.progress(f"{server.label}: loading {settings.records:,} records ({data.name})")
                    _load(server, data.requests_for(server), settings.records)
                # Leaves what loading set off, such as growing tables, time to end.
                time.sleep(1)
                for benchmark, depth in selected:
                    _measure(benchmark, depth, servers, settings, report)


def _load(server: Server, requests: list[w.Request], count: int) -> None:
    with server.connect() as connection:
        w.load(connection, count, requests)
        stored = connection.call("SESSCARD" if requests[0][0] == "SESSCREATE" else "DBSIZE")
    if stored < count:
        raise Failure(f"{server.label} holds {stored:,} of {count:,} records after loading")


def _measure(benchmark: Benchmark, depth: int, servers: list[Server], settings: Settings, report: Report) -> None:
    name = f"{benchmark.name} P={depth}"
    if benchmark.cloakroom:
        for server in servers[1:]:
            if not server.has_sessions:
                report.remark(f"{server.label} has no SESS* commands: session benchmarks sent it Redis's instead.")
    counts = {server.label: requests_needed(benchmark, depth, server, settings) for server in servers}
    samples: dict[str, list[Sample]] = {server.label: [] for server in servers}
    for repetition in range(settings.repetitions):
        # There and back again (A B, B A): what drifts slowly meets all servers alike.
        for server in servers if repetition % 2 == 0 else reversed(servers):
            settings.progress(f"{name}: {server.label}, {repetition + 1} of {settings.repetitions}")
            samples[server.label].append(sample(benchmark, depth, server, counts[server.label], settings))
    _report(name, benchmark, depth, samples, settings, report)


def requests_needed(benchmark: Benchmark, depth: int, server: Server, settings: Settings) -> int:
    """As many requests as take `settings.seconds`; a short run finds out how many that is and warms up."""
    if benchmark.requests:
        return benchmark.requests
    trial = 50_000 if settings.seconds > 0.5 else 10_000
    rate = sample(benchmark, depth, server, trial, settings).rate
    return max(trial, math.ceil(rate * settings.seconds / 1000) * 1000)


def sample(benchmark: Benchmark, depth: int, server: Server, count: int, settings: Settings) -> Sample:
    """Runs all requests of the benchmark one kind after the other, and adds up what they cost."""
    total = user = system = seconds = wall = foreign = 0.0
    for request in benchmark.requests_for(server):
        with Subscribers(server, benchmark.subscribers, w.CHANNEL) as subscribers:
            core_before, before, start = CoreTime.now(settings.cores.server), server.cpu_time(), time.monotonic()
            seconds += count / _generate(server.port, depth, count, request, settings)
            subscribers.await_messages(count, w.PAYLOAD)
        elapsed = time.monotonic() - start
        used = server.cpu_time() - before
        core = CoreTime.now(settings.cores.server)
        total, user, system, wall = total + used.total, user + used.user, system + used.system, wall + elapsed
        foreign += max(0.0, core.tasks - core_before.tasks - used.total) + core.stolen - core_before.stolen
    micro = 1e6 / count
    return Sample(total * micro, user * micro, system * micro, count / seconds, foreign / wall)


def _generate(port: int, depth: int, count: int, request: w.Request, settings: Settings) -> float:
    """Runs redis-benchmark on the load core; returns requests per second. It gives up at the first error reply."""
    line = [
        settings.redis_benchmark, "-h", LOOPBACK, "-p", str(port), "-c", str(CONNECTIONS), "-P", str(depth),
        "-n", str(count), "-r", str(settings.records), "--csv", *request,
    ]
    done = subprocess.run(
        line, capture_output=True, text=True, check=False,
        start_new_session=True, preexec_fn=run_on({settings.cores.load}),
    )
    rows = [row for row in done.stdout.splitlines() if row.startswith('"') and not row.startswith('"test"')]
    if done.returncode != 0 or not rows:
        said = (done.stdout + done.stderr).strip()[-500:]
        raise Failure(f"redis-benchmark failed on {_summary(request)}: {said}")
    return float(rows[-1].rsplit('","', 7)[1])


def _report(
    name: str, benchmark: Benchmark, depth: int, samples: dict[str, list[Sample]], settings: Settings, report: Report
) -> None:
    medians: dict[str, dict[str, float]] = {}
    for label, runs in samples.items():
        medians[label] = {key: median(getattr(run, key) for run in runs) for key in ("total", "user", "system", "rate")}
        medians[label]["minimum"] = min(run.total for run in runs)
        medians[label]["noise"] = max(run.noise for run in runs)
    base = medians[settings.reference.label]
    rows = []
    for label, row in medians.items():
        ratios = {key: row[key] / base[key] if base[key] else math.nan for key in ("total", "user", "minimum", "rate")}
        rows.append([
            name, label, f"{row['total']:.2f}", f"{row['user']:.2f}", f"{row['system']:.2f}", f"{row['minimum']:.2f}",
            f"{row['rate']:,.0f}", *(f"{ratios[key]:.2f}" for key in ("total", "minimum", "user")),
            f"{row['noise']:.0%}",
        ])
        report.record("cpu", name, label, {
            **row, "ratio": ratios, "samples": [vars(run) for run in samples[label]], "requests": benchmark.note,
        })
    report.table(
        ["benchmark", "server", "total", "user", "sys", "min", "req/s", "ratio", "min ratio", "user ratio", "noise"],
        rows,
        tag="cpu",
    )
    for candidate in settings.contenders:
        for key, most in benchmark.goals.get(depth, {}).items():
            ratio = medians[candidate.label][key] / base[key] if base[key] else math.nan
            report.goal(Goal(f"{name} {key} CPU of {settings.reference.label}'s", candidate.label, ratio, most, "x"))
    if benchmark.note:
        report.remark(f"{benchmark.name}: {benchmark.note}")


def _summary(request: w.Request) -> str:
    """The request with the long argument shortened and numbers marked, for people to read."""
    shown = ["<200 bytes>" if argument == w.PAYLOAD else argument for argument in request]
    return " ".join(argument.replace(w.NUMBER, "#").replace(w.USER_NUMBER, "#") for argument in shown)


def _explanation(settings: Settings) -> str:
    return (
        f"{CONNECTIONS} connections, {settings.records:,} random keys, 200-byte values, all with a time to live; "
        f"medians of {settings.repetitions} runs of {settings.seconds:g} s; relative to {settings.reference.label}."
    )
