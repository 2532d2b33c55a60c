"""What is stored and asked: the keys, payloads and tokens, and the requests that put a million of them into a server.

Requests are lists of arguments in which `NUMBER` stands for a record's number. The same lists serve the bulk loader
here, which counts the numbers up, and redis-benchmark, which draws them at random: it replaces the same marker.
"""

import random
import string
import time
from collections.abc import Callable, Iterator

from .report import Failure
from .resp import Connection, encode

NUMBER = "__rand_int__"
"""Becomes twelve decimal digits: the number of the record, or a random one in redis-benchmark."""
USER_NUMBER = "__user_int__"
"""Becomes twelve decimal digits: the number of the user that the record belongs to (bulk loader only)."""

PAYLOAD = "".join(random.Random(1).choices(string.ascii_letters + string.digits, k=200))
"""The 200 bytes that every value and every session holds."""
DEVICE = "Firefox"
"""With a user of 13 and a token of 32 characters and three times of 8 bytes, the raw content is 276 bytes a session."""
TOKEN = f"comparison-of-token-{NUMBER}"
"""A session token of 32 characters, chosen by the caller so that the load generator can pick existing ones."""
USER = f"u{NUMBER}"
CHANNEL = "news"
"""What subscribers listen to."""
DAY = "86400"
"""Seconds to live of everything that is not to expire during a measurement."""

LARGE_SET = "tokens"
"""The one set that holds all tokens."""

Request = list[str]


def string_key() -> Request:
    """A plain key with a time to live, as everything in a session cache has."""
    return ["SET", f"key:{NUMBER}", PAYLOAD, "EX", DAY]


def hash_key() -> list[Request]:
    """A hash of six fields, the way frameworks with per-field sessions store them."""
    key = f"hash:{NUMBER}"
    return [["HSET", key, *_session_fields(USER)], ["EXPIRE", key, DAY]]


def sets() -> list[Request]:
    """A set of three tokens for each user, as frameworks index sessions with, and one of the tokens of all users."""
    return [["SADD", f"set:{NUMBER}", *(f"{kind}-of-user-{NUMBER}" for kind in ("phone", "laptop", "tablet"))],
            ["SADD", LARGE_SET, TOKEN]]


def sorted_sets(small: str, large: str) -> list[Request]:
    """Entries of a session in a sorted set of its own user and in one of all sessions."""
    return [["ZADD", key, NUMBER, TOKEN] for key in (small, large)]


def framework_session() -> Request:
    """A session as most frameworks store it in Redis: the serialised data under one key with a time to live."""
    return ["SET", f"sess:{TOKEN}", PAYLOAD, "EX", DAY]


def framework_index() -> Request:
    """The entry in the set of a user's sessions, which `list my devices` and `log me out everywhere` need in Redis."""
    return ["SADD", f"user-sessions:u{USER_NUMBER}", TOKEN]


def full_redis_session() -> list[Request]:
    """Everything a Cloakroom session holds, in Redis: a hash with a time to live, and a set per user."""
    key = f"sess:{TOKEN}"
    return [["HSET", key, *_session_fields(f"u{USER_NUMBER}")], ["PEXPIRE", key, DAY + "000"], framework_index()]


def session(idle: str = DAY + "s", maximum: str = "2d") -> Request:
    """A Cloakroom session with the same content."""
    return [
        "SESSCREATE", "ID", TOKEN, "USER", f"u{USER_NUMBER}", "DEVICE", DEVICE,
        "IDLE", idle, "MAX", maximum, "FIELDS", "1", "data", PAYLOAD,
    ]


def _session_fields(user: str) -> Request:
    now = int(time.time() * 1000)
    return [
        "data", PAYLOAD, "user", user, "device", DEVICE,
        "created", str(now), "seen", str(now), "expires", str(now + 86_400_000),
    ]


def lines_in_reply(request: Request) -> int:
    """How many lines the reply has where all goes well: two for a bulk string, one for the rest of what is loaded."""
    return 2 if request[0] == "SESSCREATE" else 1


class Template:
    """Requests encoded once, to be filled in with one number after another. About a microsecond a record."""

    def __init__(self, requests: list[Request], sessions_per_user: int = 1):
        self.lines = sum(lines_in_reply(request) for request in requests)
        self._sessions_per_user = sessions_per_user
        encoded = b"".join(encode(*request) for request in requests).replace(b"%", b"%%")
        encoded = encoded.replace(NUMBER.encode(), b"%(n)012d")
        self._format = encoded.replace(USER_NUMBER.encode(), b"%(user)012d")

    def fill(self, numbers: range) -> bytes:
        """The requests for all of `numbers`, one record after the other."""
        form, share = self._format, self._sessions_per_user
        return b"".join([form % {b"n": number, b"user": number // share} for number in numbers])


def load(connection: Connection, count: int, requests: list[Request], sessions_per_user: int = 1) -> float:
    """Puts records 0 ..< count into the server, pipelined; returns the seconds taken."""
    template = Template(requests, sessions_per_user)
    start = time.monotonic()
    connection.load((template.lines * len(part), template.fill(part)) for part in parts(count, 1000))
    return time.monotonic() - start


def load_due_at(
    connection: Connection, count: int, instant: float, make: Callable[[int], list[Request]], first: int = 0
) -> float:
    """Puts records into the server that all fall due at `instant` (Unix time, seconds); returns the seconds taken.

    `make` is given the milliseconds left and makes the requests: anew for each of the small batches, which wait for
    the batch before them. So deadlines that can only be stated as a duration still agree within a few milliseconds.
    """
    def batches() -> Iterator[tuple[int, bytes]]:
        for part in parts(count, 250):
            left = round((instant - time.time()) * 1000)
            if left <= 0:
                raise Failure("loading took longer than the time allowed for it")
            template = Template(make(left))
            yield template.lines * len(part), template.fill(range(first + part.start, first + part.stop))

    start = time.monotonic()
    connection.load(batches(), in_flight=1)
    return time.monotonic() - start


def parts(count: int, size: int) -> Iterator[range]:
    """Splits 0 ..< count into ranges of at most `size`."""
    for start in range(0, count, size):
        yield range(start, min(start + size, count))
