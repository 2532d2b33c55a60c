"""The machine under the measurements: cores, their load, and who else is using them."""

import os
import platform
from dataclasses import dataclass

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Cores:
    """The core the servers are pinned to and the one everything else runs on."""

    server: int
    load: int

    @property
    def both(self) -> set[int]:
        """For servers that are to have room for a second one, or for a child."""
        return {self.server, self.load}


def choose_cores(server: int | None, load: int | None) -> Cores:
    """Two different cores out of those this process may use; the load gets the lowest, which often has interrupts."""
    allowed = sorted(os.sched_getaffinity(0))
    if len(allowed) < 2:
        raise SystemExit("compare: needs two cores, one for the server and one for the load; only one is available")
    load = allowed[0] if load is None else load
    server = next(core for core in reversed(allowed) if core != load) if server is None else server
    if server == load or not {server, load} <= set(allowed):
        raise SystemExit(f"compare: --server-core and --load-core must be two different cores out of {allowed}")
    return Cores(server, load)


@dataclass(frozen=True)
class CoreTime:
    """Seconds one core has spent since boot, as the scheduler's clock ticks sampled them."""

    tasks: float
    stolen: float

    @staticmethod
    def now(core: int) -> "CoreTime":
        """Reads `/proc/stat`: user, nice and system time together, and time the hypervisor gave to other guests."""
        with open("/proc/stat", encoding="ascii") as lines:
            row = next(line for line in lines if line.startswith(f"cpu{core} "))
        user, nice, system, _idle, _wait, _interrupt, _soft, stolen = map(int, row.split()[1:9])
        return CoreTime((user + nice + system) / TICKS_PER_SECOND, stolen / TICKS_PER_SECOND)


def load_warning() -> str | None:
    """A sentence when the machine is busy before anything is measured, else None."""
    one_minute = os.getloadavg()[0]
    if one_minute < 0.5:
        return None
    return (
        f"load average is {one_minute:.2f} before the start: others use this machine. "
        "Ratios survive that better than absolute figures; see the `noise` column."
    )


def description() -> dict:
    """What the figures were measured on, for the JSON file."""
    model = "unknown"
    with open("/proc/cpuinfo", encoding="utf-8") as lines:
        for line in lines:
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    return {
        "processor": model,
        "cores": os.cpu_count(),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "load_average_at_start": os.getloadavg(),
    }
