"""redis-cli on a terminal: what it shows while one types, which it learns from the server."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time

from steps import expect, host, ok, port


PROMPT = r"[^>]*127\.0\.0\.1:\d+(\[\d+\])?(\(TX\))?> \r?$"


class Terminal:
    """redis-cli on a pseudo-terminal, 120 columns wide."""

    def __init__(self, *arguments):
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            os.environ.update(TERM="xterm", COLUMNS="120", HOME="/nonexistent", REDISCLI_HISTFILE="/dev/null")
            os.execvp("redis-cli", ["redis-cli", "-h", host, "-p", str(port), *arguments])
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))

    def type(self, text):
        os.write(self.terminal, text.encode())

    def shows(self, pattern, what, seconds=10):
        """Reads until what is on the terminal, colours and cursor movements aside, matches."""
        seen, deadline = "", time.monotonic() + seconds
        while not re.search(pattern, re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", seen)):
            left = deadline - time.monotonic()
            if left < 0 or not select.select([self.terminal], [], [], left)[0]:
                sys.exit(f"{what}: no {pattern!r} in {seen!r}")
            try:
                seen += os.read(self.terminal, 65536).decode(errors="replace")
            except OSError:
                sys.exit(f"{what}: redis-cli has ended: {seen!r}")

    def enters(self, command, pattern, what):
        """Sends a line, and reads until its output matches and the next prompt stands: only then may one type on."""
        self.type(command + "\r")
        self.shows(pattern + PROMPT, what)

    def close(self):
        self.type("\x15quit\r")
        expect(0, os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1]), "exit status")


def tool(*arguments, input=None, seconds=60):
    command = ["redis-cli", "-h", host, "-p", str(port), *arguments]
    done = subprocess.run(command, input=input, capture_output=True, text=True, timeout=seconds)
    return done.returncode, done.stdout + done.stderr


def watches(pattern, *arguments):
    """Starts a tool that does not end by itself, and ends it when it has shown what it should."""
    watching = Terminal(*arguments)
    watching.shows(pattern, " ".join(arguments))
    os.kill(watching.pid, signal.SIGKILL)
    os.waitpid(watching.pid, 0)


terminal = Terminal()
terminal.shows(PROMPT, "the prompt")
terminal.type("set ")
terminal.shows(r"key value \[NX\|XX\] \[GET\]", "a hint")
terminal.type("k v ")
terminal.shows(r"\[NX\|XX\] \[GET\]", "the rest of it")
terminal.enters("ex 100", r"OK", "the reply")
ok("hints")
terminal.type("sesscre\t")
terminal.shows(r"(?i)sesscreate", "completion of a command that redis-cli has never heard of")
terminal.type("\x15")
terminal.enters("help sesscreate", r"summary: ", "its help")
ok("completion")
terminal.enters("select 3", r"OK", "the database")
terminal.enters("multi", r"OK", "a transaction")
terminal.enters("exec", r"\[3\]\(TX\)> exec[\s\S]*empty array", "both in the prompt")
terminal.enters("hello 3", r'"proto" => \(integer\) 3[\s\S]*', "RESP3 on a terminal")
ok("prompt")
terminal.close()

listener = Terminal()
listener.shows(PROMPT, "the prompt")
listener.type("subscribe news\r")
listener.shows(r"Reading messages", "waiting")
expect((0, "1\n"), tool("publish", "news", "hello"), "PUBLISH")
listener.shows(r'3\) "hello"', "the message")
listener.type("\x03")
listener.shows(PROMPT, "back at the prompt")
listener.close()
ok("subscribe")

stream = "".join(f"*3\r\n$3\r\nSET\r\n${len(f'key:{n}')}\r\nkey:{n}\r\n$1\r\nv\r\n" for n in range(1000))
status, text = tool("--pipe", input=stream)
expect(True, status == 0 and "errors: 0, replies: 1000" in text, text)
ok("pipe")
for flag in ("--bigkeys", "--memkeys"):
    status, text = tool(flag)
    expect(True, status == 0 and "1001 keys" in text and "rror" not in text, text)
ok("keys")
found = tool("--scan", "--pattern", "key:9*")[1].split()
expect(111, len(set(found)), "--scan")
ok("scan")
tool("config", "set", "maxmemory-policy", "noeviction")
status, text = tool("--hotkeys")
expect(True, "ERR An LFU maxmemory policy is not selected" in text, text)
ok("hotkeys")
tool("mset", "x", "a", "y", "b")
expect((0, '"a","b"\n'), tool("--csv", "mget", "x", "y"), "--csv")
expect((0, '["a",null]\n'), tool("-3", "--json", "mget", "x", "none"), "--json")
ok("formats")
watches(r"keys +mem +clients[\s\S]*\n1003 ", "--stat", "-i", "0.1")
watches(r"min: \d+, max: \d+, avg: \d+\.\d+ \([2-9] samples\)", "--latency")
watches(r"avg: \d+\.\d+ \(\d+ samples\) -- \d+\.\d+ seconds range", "--latency-history", "-i", "0.2")
ok("watching")
status, text = tool("-x", "set", "from-input", input="piped")
expect((0, "piped\n"), tool("get", "from-input"), "-x")
status, text = tool("-r", "3", "-i", "0.01", "incr", "counter")
expect("1\n2\n3\n", text, "-r")
expect((0, "PONG\n"), tool("-u", f"redis://{host}:{port}/2", "ping"), "-u")
expect(True, tool("-e", "get")[0] != 0, "-e")
ok("flags")
