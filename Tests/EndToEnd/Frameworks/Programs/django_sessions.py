"""Django's sessions in its cache, through its middleware. Mode: Django's own Redis backend ("builtin"), or
django-redis ("django-redis")."""

import time

import django
import redis
from django.conf import settings
from django.http import HttpResponse
from django.urls import path

from steps import expect, expires, host, is_near, mode, ok, port

BACKENDS = {
    "builtin": "django.core.cache.backends.redis.RedisCache",
    "django-redis": "django_redis.cache.RedisCache",
}


def login(request):
    request.session["user"] = request.GET["user"]
    if "age" in request.GET:
        request.session.set_expiry(int(request.GET["age"]))
    return HttpResponse("in")


def cart(request):
    request.session.setdefault("cart", []).append(request.GET["item"])
    request.session.modified = True
    return HttpResponse(",".join(request.session["cart"]))


def touch(request):
    request.session.modified = True
    return HttpResponse("touched")


def whoami(request):
    return HttpResponse(request.session.get("user", "nobody"))


def rotate(request):
    request.session.cycle_key()
    return HttpResponse("rotated")


def logout(request):
    request.session.flush()
    return HttpResponse("out")


views = [login, cart, touch, whoami, rotate, logout]
urlpatterns = [path(view.__name__, view) for view in views]

settings.configure(
    SECRET_KEY="not a secret",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    MIDDLEWARE=["django.contrib.sessions.middleware.SessionMiddleware"],
    SESSION_ENGINE="django.contrib.sessions.backends.cache",
    CACHES={"default": {"BACKEND": BACKENDS[mode], "LOCATION": f"redis://{host}:{port}/1"}},
)
django.setup()

from django.core.cache import cache  # noqa: E402 (settings come first)
from django.test import Client  # noqa: E402

PREFIX = ":1:django.contrib.sessions.cache"
raw = redis.Redis(host, port, db=1, decode_responses=True)
client = Client()


def get(address):
    return client.get(address).content.decode()


def key():
    return PREFIX + client.cookies["sessionid"].value


def sessions():
    expect("alice", get("/whoami"), "read")
    ok("read")
    get("/cart?item=a")
    expect("a,b", get("/cart?item=b"), "update")
    ok("update")
    raw.expire(key(), 100)
    get("/touch")
    expect(True, is_near(raw.ttl(key()), 1209600), "renewed")
    ok("touch")

    old = key()
    get("/rotate")
    expect(True, key() != old, "another id")
    expect([0, 1], [raw.exists(old), raw.exists(key())], "the session has moved")
    expect("alice", get("/whoami"), "its data too")
    browser = Client()
    browser.cookies["sessionid"] = old.removeprefix(PREFIX)
    expect("nobody", browser.get("/whoami").content.decode(), "the old id reads nothing")
    ok("change-id")

    current = key()
    get("/logout")
    expect(0, raw.exists(current), "logged out")
    expect("nobody", get("/whoami"), "and reads nothing")
    ok("destroy")


def cache_itself():
    cache.set("name", {"a": 1}, 60)
    expect({"a": 1}, cache.get("name"), "get")
    expect([False, True], [cache.add("name", 2), cache.add("fresh", 2, 60)], "add")
    expect({"name": {"a": 1}, "fresh": 2}, cache.get_many(["name", "fresh", "none"]), "get_many")
    expect([True, False], [cache.touch("fresh", 600), cache.touch("none", 600)], "touch")
    expect(True, is_near(raw.ttl(":1:fresh"), 600), "touched")
    expect(True, cache.has_key("fresh"), "has_key")
    cache.delete_many(["name", "fresh"])
    expect(None, cache.get("name"), "delete_many")
    seconds = 0.2 if mode == "django-redis" else 1
    start = time.monotonic()
    cache.set("short", 1, seconds)
    expires(start, seconds, lambda: cache.get("short") is None)
    ok("cache")


def django_redis_extras():
    for number in range(30):
        cache.set(f"user:{number}", number, 60)
    expect(30, len(list(cache.iter_keys("user:*"))), "iter_keys (SCAN)")
    expect(30, cache.delete_pattern("user:*"), "delete_pattern")
    cache.set("kept", 1, 60)
    expect([True, None], [cache.persist("kept"), cache.ttl("kept")], "persist")
    expect([True, True], [cache.pexpire("kept", 50_000), is_near(cache.ttl("kept"), 50)], "pexpire")
    ok("extras")


def scripts():
    """`set_many` is a transaction in both; django-redis counts and locks by scripts."""
    cache.set_many({"one": 1, "two": 2}, 60)
    expect(2, cache.get("two"), "set_many")
    cache.set("count", 5, 60)
    expect(8, cache.incr("count", 3), "incr")
    if mode == "django-redis":
        with cache.lock("resource", timeout=10):
            expect(False, cache.lock("resource").acquire(blocking=False), "the lock is exclusive")
        expect(True, cache.lock("resource", timeout=10).acquire(blocking=False), "and released")
    ok("scripts")


get("/login?user=alice")
expect(1, raw.exists(key()), "stored")
expect(True, is_near(raw.ttl(key()), 1209600), "with a deadline of two weeks")
ok("create")
sessions()
client = Client()
start = time.monotonic()
get("/login?user=bob&age=1")
short = key()
expires(start, 1, lambda: not raw.exists(short))
expect("nobody", get("/whoami"), "an expired session reads nothing")
ok("expiry")
cache_itself()
if mode == "django-redis":
    django_redis_extras()
scripts()
