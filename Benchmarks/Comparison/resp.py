"""A small blocking client for the Redis protocol (RESP2), made for loading in bulk and for timing single requests."""

import socket
from collections.abc import Iterable

LOOPBACK = "127.0.0.1"


class ErrorReply(Exception):
    """The server answered with an error; the text is the server's, code included."""


def encode(*arguments: str | bytes | int) -> bytes:
    """One request: an array of bulk strings."""
    parts = [b"*%d\r\n" % len(arguments)]
    for argument in arguments:
        data = argument if isinstance(argument, bytes) else str(argument).encode()
        parts.append(b"$%d\r\n%s\r\n" % (len(data), data))
    return b"".join(parts)


class Connection:
    """One connection. `call` for a request and its reply, `load` for many at once, `messages` for a subscriber."""

    def __init__(self, port: int, timeout: float = 120.0):
        self.socket = socket.create_connection((LOOPBACK, port), timeout=timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._unread = b""

    def close(self) -> None:
        self.socket.close()

    def __enter__(self) -> "Connection":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def call(self, *arguments: str | bytes | int):
        """Sends one request and returns its reply; raises `ErrorReply`."""
        self.socket.sendall(encode(*arguments))
        return self.reply()

    def reply(self):
        """The next reply: int, bytes, list or None."""
        header = self._line()
        kind, rest = header[:1], header[1:]
        if kind == b"+":
            return rest
        if kind == b":":
            return int(rest)
        if kind == b"-":
            raise ErrorReply(rest.decode())
        if kind == b"$":
            return None if rest == b"-1" else self._exactly(int(rest) + 2)[:-2]
        if kind == b"*":
            return None if rest == b"-1" else [self.reply() for _ in range(int(rest))]
        raise ValueError(f"not a RESP2 reply: {header[:40]!r}")

    def has_buffered(self) -> bool:
        """Bytes of a further reply have been received already."""
        return bool(self._unread)

    def load(self, requests: Iterable[tuple[int, bytes]], in_flight: int = 2) -> None:
        """Sends batches of (lines that their replies will have, bytes), with `in_flight` batches outstanding.

        The replies must be of a known number of lines and are not kept. Raises `ErrorReply` at the first error
        among them. Batches should stay below the socket buffers' size, some hundred kilobytes.
        """
        outstanding: list[int] = []
        for lines, data in requests:
            while len(outstanding) >= in_flight:
                self._skip_lines(outstanding.pop(0))
            self.socket.sendall(data)
            outstanding.append(lines)
        for lines in outstanding:
            self._skip_lines(lines)

    def _skip_lines(self, lines: int) -> None:
        """Reads replies until `lines` line ends have passed; batches are answered in order, so none is split."""
        while lines > 0:
            if not self._unread:
                self._fill()
            found = self._unread.count(b"\n")
            if self._unread.startswith(b"-") or b"\n-" in self._unread:
                self._raise_first_error()
            if found <= lines and self._unread.endswith(b"\n"):
                lines -= found
                self._unread = b""
            elif found < lines:
                cut = self._unread.rfind(b"\n") + 1
                lines -= found
                self._unread = self._unread[cut:]
                self._fill()
            else:
                self._unread = self._unread.split(b"\n", lines)[-1]
                lines = 0

    def _raise_first_error(self) -> None:
        start = 0 if self._unread.startswith(b"-") else self._unread.index(b"\n-") + 1
        while b"\r\n" not in self._unread[start:]:
            self._fill()
        end = self._unread.index(b"\r\n", start)
        raise ErrorReply(self._unread[start + 1:end].decode(errors="replace"))

    def _fill(self) -> None:
        data = self.socket.recv(1 << 20)
        if not data:
            raise ConnectionError("the server closed the connection")
        self._unread += data

    def _line(self) -> bytes:
        while (end := self._unread.find(b"\r\n")) < 0:
            self._fill()
        line, self._unread = self._unread[:end], self._unread[end + 2:]
        return line

    def _exactly(self, count: int) -> bytes:
        while len(self._unread) < count:
            self._fill()
        data, self._unread = self._unread[:count], self._unread[count:]
        return data
