"""Connections that subscribe to a channel and read what is published as fast as it comes."""

import selectors
import threading
import time

from .report import Failure
from .resp import encode
from .servers import Server

_PATIENCE = 60.0
"""Seconds to wait for the last message."""


class Subscribers:
    """Any number of subscribers (none as well), read by one thread. Use as a context manager.

    Nobody is disconnected for being slow: the servers' output limit for subscribers is lifted, because the readers
    here share a core with the publisher.
    """

    def __init__(self, server: Server, count: int, channel: str):
        self._channel = channel
        self._connections = [server.connect() for _ in range(count)]
        self._received = 0
        self._stopped = False
        if count:
            with server.connect() as connection:
                connection.call("CONFIG", "SET", "client-output-buffer-limit", "pubsub 0 0 0")
        for connection in self._connections:
            connection.call("SUBSCRIBE", channel)
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def __enter__(self) -> "Subscribers":
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped = True
        self._thread.join()
        for connection in self._connections:
            connection.close()

    def await_messages(self, count: int, message: str) -> None:
        """Returns when every subscriber has received `count` messages of this text."""
        size = len(encode("message", self._channel, message))
        expected = count * size * len(self._connections)
        deadline = time.monotonic() + _PATIENCE
        while self._received < expected:
            if time.monotonic() > deadline:
                raise Failure(f"subscribers received {self._received:,} of {expected:,} bytes")
            time.sleep(0.002)

    def _read(self) -> None:
        selector = selectors.DefaultSelector()
        for connection in self._connections:
            selector.register(connection.socket, selectors.EVENT_READ)
        buffer = bytearray(1 << 20)
        while not self._stopped and self._connections:
            for key, _ in selector.select(0.05):
                self._received += key.fileobj.recv_into(buffer)
        selector.close()
