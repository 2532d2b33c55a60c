"""The command line: what to measure, on which servers, how thoroughly."""

import argparse
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from .machine import Cores, choose_cores
from .servers import Candidate

ROOT = Path(__file__).resolve().parents[2]
BUILT = ROOT / ".build" / "release" / "cloakroom-server"
SECTIONS = {
    "a": "CPU per request", "b": "memory per session", "c": "expiry", "d": "memory after mass expiry (long)",
    "e": "replication", "f": "durability",
}


@dataclass(frozen=True)
class Settings:
    """Everything the sections need to know, counts scaled by `--quick`."""

    sections: list[str]
    candidates: list[Candidate]
    cores: Cores
    repetitions: int
    redis_benchmark: str
    pattern: re.Pattern[str] | None
    json_path: str | None
    quick: bool
    seconds: float
    records: int
    creations: int
    sessions_per_user: list[int]
    others: list[int]
    bound: float
    rounds: int

    @property
    def reference(self) -> Candidate:
        """The server that ratios are relative to."""
        return self.candidates[0]

    @property
    def contenders(self) -> list[Candidate]:
        """The servers that goals apply to."""
        return self.candidates[1:]

    def selects(self, name: str) -> bool:
        """Whether `--filter` lets the benchmark of this name through."""
        return self.pattern is None or self.pattern.search(name) is not None

    def progress(self, text: str) -> None:
        """Says on standard error what is going on; overwritten on a terminal, absent elsewhere."""
        if sys.stderr.isatty():
            print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)


def parse(arguments: list[str] | None = None) -> Settings:
    """Reads the command line; builds Cloakroom where no binary was named and none is there."""
    options = _parser().parse_args(arguments)
    sections = [section.strip() for section in options.only.split(",")] if options.only else ["a", "b", "c"]
    if unknown := set(sections) - set(SECTIONS):
        raise SystemExit(f"compare: --only takes some of {', '.join(SECTIONS)}, not {', '.join(sorted(unknown))}")
    if options.repetitions is not None and options.repetitions < 1:
        raise SystemExit("compare: --repetitions must be at least 1")
    quick = options.quick
    candidates = [Candidate("redis", _tool(options.redis_server, "redis-server"))]
    candidates.append(Candidate("cloakroom", options.server_binary or _built()))
    if options.against:
        candidates.append(Candidate("against", options.against))
    for candidate in candidates:
        if not shutil.which(candidate.binary):
            raise SystemExit(f"compare: no executable {candidate.binary}")
    return Settings(
        sections=sections,
        candidates=candidates,
        cores=choose_cores(options.server_core, options.load_core),
        repetitions=options.repetitions or (2 if quick else 9),
        redis_benchmark=_tool("redis-benchmark", "redis-tools"),
        pattern=re.compile(options.filter, re.IGNORECASE) if options.filter else None,
        json_path=options.json,
        quick=quick,
        seconds=options.seconds or (0.3 if quick else 1.0),
        records=options.records or (100_000 if quick else 1_000_000),
        creations=20_000 if quick else 200_000,
        sessions_per_user=options.sessions_per_user,
        others=[0, 10_000] if quick else [0, 10_000, 100_000, 1_000_000],
        bound=options.bound or (10.0 if quick else 60.0),
        rounds=options.rounds or (3 if quick else 10),
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="compare",
        description="Compares Cloakroom with redis-server: CPU per request, memory per session, expiry, replication, "
        "durability.",
    )
    sections = "; ".join(f"{key}: {text}" for key, text in SECTIONS.items())
    parser.add_argument("--only", metavar="a,b,c,d,e,f", help=f"sections to run, default a,b,c ({sections})")
    parser.add_argument("--filter", metavar="REGEX", help="only benchmarks whose name matches, such as 'GET P=16$'")
    parser.add_argument("--quick", action="store_true", help="a tenth of everything: to see that it works")
    parser.add_argument("--repetitions", type=int, metavar="N", help="runs of each benchmark and server (9; quick: 2)")
    parser.add_argument("--seconds", type=float, metavar="S", help="length of one CPU run (1; quick: 0.3)")
    parser.add_argument("--records", type=int, metavar="N", help="keys or sessions stored (1,000,000; quick: 100,000)")
    parser.add_argument(
        "--sessions-per-user", type=_counts, default=[1, 4], metavar="N,N", help="in the memory section (default 1,4)"
    )
    parser.add_argument("--bound", type=float, metavar="S", help="longest wait for expiry (60 s; quick: 10 s)")
    parser.add_argument("--rounds", type=int, metavar="N", help="rounds of section d (10; quick: 3)")
    parser.add_argument(
        "--server-binary", metavar="PATH", help="the Cloakroom to measure (default .build/release, built if missing)"
    )
    parser.add_argument("--against", metavar="PATH", help="a further binary, such as the Cloakroom before a change")
    parser.add_argument("--redis-server", default="redis-server", metavar="PATH", help="the reference server")
    parser.add_argument("--server-core", type=int, metavar="CORE", help="core of the servers (default the last)")
    parser.add_argument("--load-core", type=int, metavar="CORE", help="core of everything else (default the first)")
    parser.add_argument("--json", metavar="FILE", help="also write all figures, single samples included, to FILE")
    return parser


def _counts(text: str) -> list[int]:
    counts = [int(part) for part in text.split(",")]
    if min(counts) < 1:
        raise ValueError
    return counts


def _tool(name: str, package: str) -> str:
    path = shutil.which(name)
    if not path:
        raise SystemExit(f"compare: {name} not found; on Debian or Ubuntu: apt-get install {package}")
    return path


def _built() -> str:
    if not BUILT.exists():
        print("compare: building cloakroom-server (swift build -c release)", file=sys.stderr)
        if subprocess.run(["swift", "build", "-c", "release", "--package-path", str(ROOT)], check=False).returncode:
            raise SystemExit("compare: the build failed; name a binary with --server-binary")
    return str(BUILT)
