"""What the Python programs here share.

`python <program> <host> <port>` prints a line "ok <step>" for each step that went as it should, and ends with an error
at the first that did not.
"""

import sys
import time

host, port = sys.argv[1], int(sys.argv[2])
mode = sys.argv[3] if len(sys.argv) > 3 else ""


def expect(expected, actual, what):
    """Ends the program unless `actual` equals `expected`."""
    if actual != expected:
        sys.exit(f"{what}: expected {expected!r}, got {actual!r}")


def is_near(value, target, tolerance=5):
    return abs(value - target) <= tolerance


def eventually(condition, what, seconds=10):
    """Ends the program unless `condition()` comes to hold in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            sys.exit(f"{what}: not within {seconds} s")
        time.sleep(0.005)


def expires(start, seconds, is_gone):
    """Ends the program unless what was made for `seconds` after the moment `start` disappears, and not before its
    time."""
    eventually(is_gone, "expiry")
    expect(True, time.monotonic() - start >= seconds - 0.01, "not before its time")


def ok(step):
    """A step that has succeeded."""
    print("ok", step, flush=True)
