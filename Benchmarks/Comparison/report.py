"""What the comparison says: tables on standard output as they come, goals at the end, everything in a JSON file."""

import json
import math
from dataclasses import asdict, dataclass
from pathlib import Path

_FIRST_COLUMN, _OTHER_COLUMNS = 26, 11


class Failure(Exception):
    """Something under test did not do what a measurement needs; the rest of its section is given up."""


@dataclass(frozen=True)
class Goal:
    """A figure to reach: `measured` is to be at most `most`, or at least so where `at_least` is set."""

    name: str
    server: str
    measured: float
    most: float
    unit: str
    at_least: bool = False

    @property
    def is_reached(self) -> bool:
        """False as well where nothing could be measured."""
        if math.isnan(self.measured):
            return False
        return self.measured >= self.most if self.at_least else self.measured <= self.most


class Report:
    """Collects results and prints them."""

    def __init__(self) -> None:
        self._results: list[dict] = []
        self._goals: list[Goal] = []
        self._remarks: list[str] = []
        self._open_table: str | None = None

    def section(self, title: str, explanation: str) -> None:
        """Opens a section."""
        self._open_table = None
        print(f"\n{title}\n  {explanation}", flush=True)

    def table(self, headings: list[str], rows: list[list[str]], tag: str) -> None:
        """Prints rows; the headings only where the last rows printed were of another table."""
        if self._open_table != tag:
            self._open_table = tag
            print("\n" + _row(headings))
        for row in rows:
            print(_row(row), flush=True)

    def record(self, section: str, benchmark: str, server: str, figures: dict) -> None:
        """Keeps figures for the JSON file."""
        self._results.append({"section": section, "benchmark": benchmark, "server": server, **figures})

    def goal(self, goal: Goal) -> None:
        """Keeps a goal for the verdict."""
        self._goals.append(goal)

    def remark(self, text: str) -> None:
        """Keeps a remark for the end, once."""
        if text not in self._remarks:
            self._remarks.append(text)

    def close(self) -> None:
        """Prints the remarks and, figure by figure, whether the goals were reached."""
        if self._remarks:
            print("\nRemarks")
            for remark in self._remarks:
                print(f"  {remark}")
        if self._goals:
            print("\nGoals")
        width = max((len(goal.name) for goal in self._goals), default=0)
        for goal in self._goals:
            sign = ">=" if goal.at_least else "<="
            verdict = "reached" if goal.is_reached else "NOT REACHED"
            print(
                f"  {goal.server:<10} {goal.name:<{width}}  {goal.measured:10,.2f} {sign} {goal.most:,g} {goal.unit:<8}"
                f" {verdict}"
            )

    def write(self, path: str, head: dict) -> None:
        """Writes everything recorded to `path`; figures that could not be measured are null."""
        goals = [{**asdict(goal), "reached": goal.is_reached} for goal in self._goals]
        content = {**head, "results": self._results, "goals": goals, "remarks": self._remarks}
        Path(path).write_text(json.dumps(_without_nan(content), indent=2) + "\n", encoding="utf-8")


def _row(cells: list[str]) -> str:
    first, second, *rest = cells
    return f"  {first:<{_FIRST_COLUMN}} {second:<10}" + "".join(f"{cell:>{_OTHER_COLUMNS}}" for cell in rest)


def _without_nan(value):
    """JSON has no NaN."""
    if isinstance(value, dict):
        return {key: _without_nan(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_without_nan(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def percentile(values: list[float], share: float) -> float:
    """The nearest-rank percentile, `share` between 0 and 1; NaN without values."""
    if not values:
        return math.nan
    ordered = sorted(values)
    return ordered[min(len(ordered), max(1, math.ceil(share * len(ordered)))) - 1]
