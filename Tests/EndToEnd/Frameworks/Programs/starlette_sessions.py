"""Starlette with starsessions: the application is called as an ASGI server calls it."""

import asyncio
import re
import time

import redis
from redis import asyncio as aioredis
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starsessions import SessionAutoloadMiddleware, SessionMiddleware, regenerate_session_id
from starsessions.stores.redis import RedisStore

from steps import expect, expires, host, is_near, ok, port

raw = redis.Redis(host, port)


async def login(request):
    request.session["user"] = request.path_params["user"]
    return PlainTextResponse("in")


async def cart(request):
    request.session["cart"] = request.session.get("cart", 0) + 1
    return PlainTextResponse(str(request.session["cart"]))


async def whoami(request):
    return PlainTextResponse(request.session.get("user", "nobody"))


async def rotate(request):
    regenerate_session_id(request)
    request.session["rotated"] = True
    return PlainTextResponse("rotated")


async def logout(request):
    request.session.clear()
    return PlainTextResponse("out")


def application(lifetime):
    routes = [Route(f"/{view.__name__}", view) for view in (cart, whoami, rotate, logout)]
    app = Starlette(routes=[Route("/login/{user}", login), *routes])
    app.add_middleware(SessionAutoloadMiddleware)
    store = RedisStore(connection=aioredis.Redis(host=host, port=port), prefix="star:")
    app.add_middleware(SessionMiddleware, store=store, lifetime=lifetime, rolling=True, cookie_https_only=False)
    return app


class Browser:
    """Sends requests to an ASGI application and keeps its cookie."""

    def __init__(self, app):
        self.app, self.cookie = app, None

    async def get(self, address):
        body, headers = b"", [(b"host", b"localhost")]
        if self.cookie:
            headers.append((b"cookie", f"session={self.cookie}".encode()))

        async def receive():
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message):
            nonlocal body
            body += message.get("body", b"")
            for name, value in message.get("headers", []):
                if name == b"set-cookie" and (match := re.match(rb"session=([^;]+)", value)):
                    self.cookie = match[1].decode()

        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
            "path": address, "raw_path": address.encode(), "query_string": b"", "root_path": "", "headers": headers,
            "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80),
        }
        await self.app(scope, receive, send)
        return body.decode()

    def key(self):
        return "star:" + self.cookie


async def main():
    browser = Browser(application(3600))
    await browser.get("/login/alice")
    expect(True, is_near(raw.ttl(browser.key()), 3600), "stored with a deadline")
    ok("create")
    expect("alice", await browser.get("/whoami"), "read")
    ok("read")
    await browser.get("/cart")
    expect("2", await browser.get("/cart"), "update")
    ok("update")
    raw.expire(browser.key(), 100)
    await browser.get("/whoami")
    expect(True, is_near(raw.ttl(browser.key()), 3600), "reading renews a rolling session")
    ok("touch")

    old = browser.key()
    await browser.get("/rotate")
    expect(True, browser.key() != old, "another id")
    expect([1, 1], [raw.exists(old), raw.exists(browser.key())], "starsessions leaves the old one to its deadline")
    expect("alice", await browser.get("/whoami"), "its data too")
    ok("change-id")

    current = browser.key()
    await browser.get("/logout")
    expect(0, raw.exists(current), "logged out")
    ok("destroy")

    browser = Browser(application(1))
    start = time.monotonic()
    await browser.get("/login/bob")
    short = browser.key()
    expires(start, 1, lambda: not raw.exists(short))
    browser.cookie = short.removeprefix("star:")
    expect("nobody", await browser.get("/whoami"), "an expired session reads nothing")
    ok("expiry")


asyncio.run(main())
