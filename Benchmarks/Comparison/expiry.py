"""Section (c): how late expiry events come, and what requests suffer while very many records expire at once."""

import bisect
import math
import os
import re
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from . import workload as w
from .command_line import Settings
from .report import Goal, Report, percentile
from .resp import Connection, encode
from .servers import Server, information

DUE = 1000
"""How many records fall due in one instant in the lag benchmark."""
PROBES_PER_SECOND = 1500
EVENT_START = b"$7\r\nmessage\r\n"
EVENT_END = re.compile(rb'"at":(?P<at>\d+)[^}]*}\r\n|\r\nkey:\d+\r\n')
"""The end of a session's event, which names its deadline, or of a key's."""


@dataclass(frozen=True)
class Population:
    """Records that can be made to fall due at a chosen instant: plain keys or sessions."""

    noun: str
    channel: str
    make: Callable[[float, int], list[w.Request]]
    """Given the instant (Unix time, seconds) and the milliseconds left until then: the requests for one record."""

    def load(self, connection: Connection, count: int, instant: float, first: int = 0) -> float:
        """Puts records `first` ..< `first + count` into the server, due at `instant`; returns the seconds taken."""
        return w.load_due_at(connection, count, instant, lambda left: self.make(instant, left), first)

    @staticmethod
    def best(server: Server) -> "Population":
        """Sessions, where the server has them."""
        return SESSIONS if server.has_sessions else KEYS

    @staticmethod
    def all(server: Server) -> "list[Population]":
        """Plain keys, which every server announces, and sessions where the server has them."""
        return [KEYS, SESSIONS] if server.has_sessions else [KEYS]


KEYS = Population(
    "keys", "__keyevent@0__:expired",
    lambda instant, left: [["SET", f"key:{w.NUMBER}", w.PAYLOAD, "PXAT", str(round(instant * 1000))]],
)
SESSIONS = Population("sessions", "__session__:expired", lambda instant, left: [w.session(idle=str(left))])


def run(settings: Settings, report: Report) -> None:
    """Both benchmarks of the section."""
    counts = [others for others in settings.others if settings.selects(_lag_name(others))]
    if counts:
        report.section(
            "Expiry lag (milliseconds)",
            f"{DUE:,} records due in one instant among others not due; their events at a subscriber, for at most "
            f"{settings.bound:g} s.",
        )
    for others in counts:
        for candidate in settings.candidates:
            with Server(candidate, {settings.cores.server}) as server:
                for population in Population.all(server):
                    _lag(server, population, others, settings, report)
    if settings.selects("mass expiry"):
        report.section(
            "Requests while everything expires (latencies in milliseconds)",
            f"{settings.records:,} records due in one instant; {PROBES_PER_SECOND:,} probes a second (PING, GET, and "
            f"SESSGET where known) until all are gone, for at most {settings.bound:g} s.",
        )
        for candidate in settings.candidates:
            with Server(candidate, {settings.cores.server}) as server:
                _mass_expiry(server, Population.best(server), settings, report)


def _lag_name(others: int) -> str:
    return f"lag among {others}"


# Lag of events


def _lag(server: Server, population: Population, others: int, settings: Settings, report: Report) -> None:
    name = _lag_name(others)
    settings.progress(f"{name}: {server.label}, {population.noun}")
    with server.connect() as connection, server.connect() as subscriber:
        connection.call("FLUSHALL")
        if population is KEYS:
            connection.call("CONFIG", "SET", "notify-keyspace-events", "Ex")
        subscriber.call("SUBSCRIBE", population.channel)
        population.load(connection, others, time.time() + 86_400)
        instant = time.time() + 2
        population.load(connection, DUE, instant, first=others)
        lags = _collect(subscriber, instant, settings.bound)
    figures = {
        "arrived": len(lags), "due": DUE, "minimum": min(lags, default=math.nan), "median": percentile(lags, 0.5),
        "p99": percentile(lags, 0.99), "maximum": max(lags, default=math.nan), "population": population.noun,
    }
    report.record("lag", f"{name}, {population.noun}", server.label, figures)
    report.table(
        ["benchmark", "server", "of", "arrived", "min", "median", "p99", "max"],
        [[
            name, server.label, population.noun, f"{len(lags):,}",
            *(f"{figures[key]:,.1f}" for key in ("minimum", "median", "p99", "maximum")),
        ]],
        tag="lag",
    )
    if server.candidate in settings.contenders and others == settings.others[-1]:
        prefix = f"{population.noun}, {name}: "
        report.goal(Goal(prefix + "events", server.label, len(lags), DUE, "events", at_least=True))
        report.goal(Goal(prefix + "p99", server.label, figures["p99"], 10, "ms"))


def _collect(subscriber: Connection, instant: float, bound: float) -> list[float]:
    """Milliseconds from deadline to arrival of each event, until all have come or the bound has passed.

    A session's event names its deadline; a key's does not, and `instant` was its deadline.
    """
    arrivals: list[tuple[int, float]] = []
    received = b""
    # Only received here and taken apart below: that takes longer than the events take to arrive.
    while received.count(EVENT_START) < DUE or not received.endswith(b"\r\n"):
        left = instant + bound - time.time()
        if left <= 0:
            break
        try:
            subscriber.socket.settimeout(left)
            received += subscriber.socket.recv(1 << 20)
        except socket.timeout:
            break
        arrivals.append((len(received), time.time()))
    ends = [end for end, _ in arrivals]
    lags: list[float] = []
    for event in EVENT_END.finditer(received):
        arrival = arrivals[bisect.bisect_left(ends, event.end())][1]
        deadline = int(event["at"]) / 1000 if event["at"] else instant
        lags.append((arrival - deadline) * 1000)
    return lags


# Everything at once


def allowance(connection: Connection, population: Population, count: int) -> float:
    """Seconds to set aside for loading `count` records, judged by loading some that stay: `KEPT` of them."""
    seconds = population.load(connection, KEPT, time.time() + 86_400, first=10**11)
    return count * seconds / KEPT * 1.5 + 3


KEPT = 10_000
"""Records that outlive the mass expiry."""


class Reclaimed:
    """Tells when records about to be loaded are out of memory, not merely hidden: by the size of the database and by
    `expired_keys` in INFO, which counts sessions too. Made before they are loaded."""

    def __init__(self, connection: Connection, count: int):
        self._count = count
        self.size_before = connection.call("DBSIZE")
        self._expired_before = int(information(connection, "expired_keys") or 0)

    def is_complete(self, connection: Connection) -> bool:
        """Two requests, of which INFO takes the server some hundred microseconds."""
        if connection.call("DBSIZE") > self.size_before:
            return False
        expired = information(connection, "expired_keys")
        return expired is None or int(expired) - self._expired_before >= self._count


def wait_until_gone(connection: Connection, reclaimed: Reclaimed, instant: float, bound: float) -> float | None:
    """Seconds from `instant` until everything due was reclaimed, or None where the bound passed first."""
    time.sleep(max(0.0, instant - time.time()))
    while time.time() < instant + bound:
        if reclaimed.is_complete(connection):
            return time.time() - instant
        time.sleep(0.05)
    return None


def _mass_expiry(server: Server, population: Population, settings: Settings, report: Report) -> None:
    name = "mass expiry"
    settings.progress(f"{name}: {server.label}, {population.noun}")
    with server.connect() as connection:
        allowed = allowance(connection, population, settings.records)
        connection.call("SET", "probe", "x")
        reclaimed = Reclaimed(connection, settings.records)
        instant = time.time() + allowed
        population.load(connection, settings.records, instant)
        probes = [encode("PING"), encode("GET", "probe")]
        if population is SESSIONS:
            probes.append(encode("SESSGET", w.TOKEN.replace(w.NUMBER, f"{10**11:012d}")))
        with undisturbed():
            before, during, gone = _probe(connection, probes, instant, reclaimed, settings.bound)
    figures = {
        "gone_after": gone, "probes": len(during), "median": percentile(during, 0.5), "p99": percentile(during, 0.99),
        "p999": percentile(during, 0.999), "maximum": max(during, default=math.nan),
        "p99_before": percentile(before, 0.99), "population": population.noun,
    }
    report.record("mass expiry", name, server.label, figures)
    report.table(
        ["benchmark", "server", "of", "gone after", "p99 idle", "median", "p99", "p99.9", "max"],
        [[
            name, server.label, population.noun, "over bound" if gone is None else f"{gone:.2f} s",
            *(f"{figures[key]:,.2f}" for key in ("p99_before", "median", "p99", "p999", "maximum")),
        ]],
        tag="mass",
    )
    if server.candidate in settings.contenders:
        report.goal(Goal("mass expiry: all gone", server.label, math.nan if gone is None else gone, 3, "s"))
        report.goal(Goal("mass expiry: p99 of requests", server.label, figures["p99"], 5, "ms"))


def _probe(
    connection: Connection, probes: list[bytes], instant: float, reclaimed: Reclaimed, bound: float
) -> tuple[list[float], list[float], float | None]:
    """Sends probes at a steady pace from two seconds before the instant until all is gone, or the bound has passed.

    Returns latencies in milliseconds before and after the instant, and the seconds until all was gone. A latency
    counts from the moment the probe was due to be sent: a stall delays, and counts against, all probes due in it.
    """
    before: list[float] = []
    during: list[float] = []
    time.sleep(max(0.0, instant - 2 - time.time()))
    interval, due, count, size = 1 / PROBES_PER_SECOND, time.time(), 0, encode("DBSIZE")
    while due < instant + bound:
        wait_until(due)
        asks_size = due > instant and count % 75 == 0
        connection.socket.sendall(size if asks_size else probes[count % len(probes)])
        answer = connection.reply()
        (during if due > instant else before).append((time.time() - due) * 1000)
        count, due = count + 1, due + interval
        if asks_size and answer <= reclaimed.size_before:
            elapsed = time.time() - instant
            if reclaimed.is_complete(connection):
                return before, during, elapsed
            # INFO takes longer than a probe: start the pace anew rather than count that as a stall.
            due = time.time() + interval
    return before, during, None


@contextmanager
def undisturbed() -> Iterator[None]:
    """Keeps other processes off the load core while probing, where that is allowed (sched(7), `SCHED_RR`)."""
    try:
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
    except PermissionError:
        yield
        return
    try:
        yield
    finally:
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))


def wait_until(moment: float) -> None:
    """Sleeps, then spins the last fraction of a millisecond, for waking up takes an uncertain while."""
    left = moment - time.time()
    if left > 0.0003:
        time.sleep(left - 0.0002)
    while time.time() < moment:
        pass
