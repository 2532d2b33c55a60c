"""The `compare` command: reads the command line, runs the sections, reports."""

import datetime
import gc
import os
import signal
import sys

from . import cpu, expiry, memory
from .command_line import Settings, parse
from .machine import description, load_warning
from .report import Report

_RUN = {"a": cpu.run, "b": memory.run, "c": expiry.run, "d": memory.run_rounds}


def main() -> int:
    """Exit status 0 when all was measured, reached or not; 1 on failure; 130 when interrupted."""
    settings = parse()
    # A polite end by SIGTERM takes the way of Ctrl-C, so that the servers are stopped either way. SIGINT itself may have
    # been ignored by a shell that runs this in the background.
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
    interrupted = False
    try:
        for section in settings.sections:
            _RUN[section](settings, report)
            settings.progress("")
    except KeyboardInterrupt:
        interrupted = True
        report.remark("interrupted: what is missing was not measured")
    report.close()
    if settings.json_path:
        report.write(settings.json_path, {**head, "interrupted": interrupted})
    return 130 if interrupted else 0


def _introduce(settings: Settings, report: Report) -> None:
    for candidate in settings.candidates:
        print(f"{candidate.label}: {candidate.binary}")
    print(f"servers on core {settings.cores.server}, load on core {settings.cores.load}")
    if settings.quick:
        report.remark("--quick: too short and too small to judge by")
    if warning := load_warning():
        report.remark(warning)
        print(f"warning: {warning}")
