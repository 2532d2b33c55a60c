"""aiohttp with aiohttp-session: its server and a client that keeps cookies, over a socket."""

import asyncio
import time

import redis
from aiohttp import ClientSession, CookieJar, web
from aiohttp_session import get_session, new_session, setup
from aiohttp_session.redis_storage import RedisStorage
from redis import asyncio as aioredis

from steps import expect, expires, host, is_near, ok, port

raw = redis.Redis(host, port)


async def login(request):
    session = await new_session(request)
    session["user"] = request.match_info["user"]
    return web.Response(text="in")


async def cart(request):
    session = await get_session(request)
    session["cart"] = session.get("cart", 0) + 1
    return web.Response(text=str(session["cart"]))


async def whoami(request):
    session = await get_session(request)
    return web.Response(text=session.get("user", "nobody"))


async def logout(request):
    (await get_session(request)).invalidate()
    return web.Response(text="out")


class Site:
    """The application on a free port, and a client of it."""

    def __init__(self, lifetime):
        self.lifetime = lifetime

    async def __aenter__(self):
        app = web.Application()
        self.redis = aioredis.Redis(host=host, port=port)
        setup(app, RedisStorage(self.redis, max_age=self.lifetime))
        app.add_routes([web.get("/login/{user}", login)])
        app.add_routes([web.get(f"/{view.__name__}", view) for view in (cart, whoami, logout)])
        self.runner = web.AppRunner(app)
        await self.runner.setup()
        await web.TCPSite(self.runner, "127.0.0.1", 0).start()
        self.address = "http://127.0.0.1:%d" % self.runner.addresses[0][1]
        self.client = ClientSession(cookie_jar=CookieJar(unsafe=True))
        return self

    async def __aexit__(self, *_):
        await self.client.close()
        await self.runner.cleanup()
        await self.redis.aclose()

    async def get(self, path):
        async with self.client.get(self.address + path) as response:
            return await response.text()

    def key(self):
        return "AIOHTTP_SESSION_" + next(iter(self.client.cookie_jar)).value


async def main():
    async with Site(3600) as site:
        await site.get("/login/alice")
        expect(True, is_near(raw.ttl(site.key()), 3600), "stored with a deadline")
        ok("create")
        expect("alice", await site.get("/whoami"), "read")
        ok("read")
        await site.get("/cart")
        expect("2", await site.get("/cart"), "update")
        ok("update")
        raw.expire(site.key(), 100)
        await site.get("/cart")
        expect(True, is_near(raw.ttl(site.key()), 3600), "renewed by writing")
        ok("touch")
        old = site.key()
        await site.get("/login/carol")
        expect(True, site.key() != old, "a new session at login")
        ok("change-id")
        await site.get("/logout")
        expect("nobody", await site.get("/whoami"), "logged out")
        ok("destroy")
    async with Site(1) as site:
        start = time.monotonic()
        await site.get("/login/bob")
        short = site.key()
        expires(start, 1, lambda: not raw.exists(short))
        expect("nobody", await site.get("/whoami"), "an expired session reads nothing")
        ok("expiry")


asyncio.run(main())
