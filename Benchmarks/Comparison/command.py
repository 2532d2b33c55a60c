"""The `compare` command: reads the command line, runs the sections, reports."""

import datetime
import gc
import os
import signal
import sys

from . import cpu, durability, expiry, memory, replication
from .command_line import Settings, parse
from .machine import description, load_warning
from .report import Failure, Report
from .resp import ErrorReply

_RUN = {
    "a": cpu.run, "b": memory.run, "c": expiry.run, "d": memory.run_rounds, "e": replication.run, "f": durability.run,
}


def main() -> int:
    """Exit status 0 when all was measured, reached or not; 1 when a section failed; 130 when interrupted."""
    settings = parse()
    # A polite end by SIGTERM takes the way of Ctrl-C, so that the servers are stopped either way. SIGINT itself
    # may have been ignored by a shell that runs this in the background.
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, signal.default_int_handler)
    os.sched_setaffinity(0, {settings.cores.load})
    gc.disable()
    report = Report()
    _introduce(settings, report)
    head = {
        "date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        "command": sys.argv[1:],
        "machine": description(),
        "servers": {candidate.label: candidate.binary for candidate in settings.candidates},
        "cores": {"server": settings.cores.server, "load": settings.cores.load},
    }
    status = 0
    for section in settings.sections:
        try:
            _RUN[section](settings, report)
        except KeyboardInterrupt:
            status = 130
            report.remark("interrupted: what is missing was not measured")
            break
        except (ErrorReply, Failure, OSError) as problem:
            status = 1
            report.remark(f"section {section} FAILED, what is missing was not measured: {problem}")
        finally:
            settings.progress("")
    report.close()
    if settings.json_path:
        report.write(settings.json_path, {**head, "status": status})
    return status


def _introduce(settings: Settings, report: Report) -> None:
    for candidate in settings.candidates:
        print(f"{candidate.label}: {candidate.binary}")
    print(f"servers on core {settings.cores.server}, load on core {settings.cores.load}")
    if settings.quick:
        report.remark("--quick: too short and too small to judge by")
    if warning := load_warning():
        report.remark(warning)
        print(f"warning: {warning}")
