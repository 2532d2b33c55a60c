"""Sections (b) and (d): resident memory per session, and whether memory grows when sessions come and go."""

import time

from . import workload as w
from .command_line import Settings
from .expiry import Population, Reclaimed, allowance, wait_until_gone
from .report import Goal, Report
from .servers import Server

SETTLING = 2.0
"""Seconds between the last reply and reading the resident size: tables finish growing in the background."""


def run(settings: Settings, report: Report) -> None:
    """Bytes per session: growth of resident memory from the empty server, divided by the number of sessions."""
    selected = [share for share in settings.sessions_per_user if settings.selects(_name(share))]
    if not selected:
        return
    report.section(
        "Memory per session",
        f"{settings.records:,} sessions: 200-byte payload, user, device, three times, time to live, entry in the "
        "user's index; growth of resident memory from the empty server, all told.",
    )
    for share in selected:
        _measure(share, settings, report)
    report.remark(
        "Memory: SESSCREATE against HSET (payload, user, device, three times), PEXPIRE and SADD to the user's set."
    )


def _name(sessions_per_user: int) -> str:
    return f"bytes, {sessions_per_user} per user"


def _measure(sessions_per_user: int, settings: Settings, report: Report) -> None:
    name, rows = _name(sessions_per_user), []
    for candidate in settings.candidates:
        settings.progress(f"{candidate.label}: loading {settings.records:,} sessions")
        with Server(candidate, {settings.cores.server}) as server, server.connect() as connection:
            requests = [w.session()] if server.has_sessions else w.full_redis_session()
            before = server.resident_bytes()
            seconds = w.load(connection, settings.records, requests, sessions_per_user)
            time.sleep(SETTLING)
            growth, peak = server.resident_bytes() - before, server.peak_resident_bytes() - before
        figures = {
            "bytes_per_session": growth / settings.records,
            "peak_bytes_per_session": peak / settings.records,
            "empty_bytes": before,
            "load_seconds": seconds,
            "requests": [request[0] for request in requests],
        }
        report.record("memory", name, candidate.label, figures)
        rows.append([
            name, candidate.label, f"{growth / settings.records:.0f}", f"{peak / settings.records:.0f}",
            f"{before / 1e6:.1f} MB", f"{seconds:.1f} s",
        ])
        if candidate in settings.contenders:
            report.goal(Goal(name, candidate.label, growth / settings.records, 340, "bytes"))
    report.table(["benchmark", "server", "settled", "peak", "empty", "loaded in"], rows, tag="memory")


def run_rounds(settings: Settings, report: Report) -> None:
    """A population comes and goes several times: peak of resident memory in each round, against the first."""
    name = "peak after mass expiry"
    if not settings.selects(name):
        return
    report.section(
        "Memory after mass expiry",
        f"{settings.records:,} records come and expire in one instant, {settings.rounds} times over; "
        "resident memory in MB.",
    )
    for candidate in settings.candidates:
        with Server(candidate, {settings.cores.server}) as server:
            peaks = _rounds(server, settings, report)
        if len(peaks) > 1:
            ratio = max(peaks[1:]) / peaks[0]
            report.record("rounds", name, candidate.label, {"peaks": peaks, "ratio": ratio})
            if candidate in settings.contenders:
                report.goal(Goal(f"{name}, highest / first", candidate.label, ratio, 1.10, "x"))


def _rounds(server: Server, settings: Settings, report: Report) -> list[int]:
    peaks: list[int] = []
    population = Population.best(server)
    with server.connect() as connection:
        allowed = allowance(connection, population, settings.records)
        connection.call("FLUSHALL")
        for number in range(1, settings.rounds + 1):
            settings.progress(f"{server.label}: round {number} of {settings.rounds}")
            server.forget_peak()
            instant = time.time() + allowed
            first = number * settings.records
            reclaimed = Reclaimed(connection, settings.records)
            population.load(connection, settings.records, instant, first)
            gone_after = wait_until_gone(connection, reclaimed, instant, settings.bound)
            peaks.append(server.peak_resident_bytes())
            report.table(
                ["benchmark", "server", "peak", "afterwards", "gone after"],
                [[
                    f"round {number} ({population.noun})", server.label, f"{peaks[-1] / 1e6:.0f}",
                    f"{server.resident_bytes() / 1e6:.0f}",
                    "over bound" if gone_after is None else f"{gone_after:.2f} s",
                ]],
                tag="rounds",
            )
            if gone_after is None:
                report.remark(f"{server.label}: not all gone {settings.bound:g} s after round {number}; stopped there.")
                break
    return peaks
