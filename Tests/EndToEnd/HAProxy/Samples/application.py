"""A web server that counts the visits of each browser in a session: python3 application.py name port redis-port"""

import http.cookies
import http.server
import socket
import sys

name, port, redis_port = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])


def ask(*words):
    """One request and its reply: a text, a list, or None."""
    with socket.create_connection(("127.0.0.1", redis_port), timeout=5) as connection:
        request = "".join(f"${len(word)}\r\n{word}\r\n" for word in words)
        connection.sendall(f"*{len(words)}\r\n{request}".encode())
        return reply(connection.makefile("rb"))


def reply(stream):
    line = stream.readline().rstrip(b"\r\n").decode()
    kind, rest = line[0], line[1:]
    if kind == "-":
        raise RuntimeError(rest)
    if kind == "$":
        return None if rest == "-1" else stream.read(int(rest) + 2)[:-2].decode()
    if kind == "*":
        return None if rest == "-1" else [reply(stream) for _ in range(int(rest))]
    return rest


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        cookie = http.cookies.SimpleCookie(self.headers.get("Cookie", ""))
        token = cookie["sid"].value if "sid" in cookie else None
        session = ask("SESSGET", token) if token else None
        # A map as a list of names and values; the last is "data", the fields in the same form.
        visits = int(session[-1][1]) + 1 if session else 1
        if session:
            ask("SESSSET", token, "FIELDS", "1", "visits", str(visits))
        else:
            token = ask("SESSCREATE", "FIELDS", "1", "visits", "1")
        body = f"{name} {visits}\n".encode()
        self.send_response(200)
        self.send_header("Set-Cookie", f"sid={token}; HttpOnly")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()
