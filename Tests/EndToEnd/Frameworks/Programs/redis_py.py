"""redis-py. Mode: "resp2" or "resp3", parsed by hiredis-py, or "python": by redis-py itself, in RESP3."""

import asyncio
import threading
import time

import redis
from redis import asyncio as aioredis

from steps import expect, expires, host, is_near, mode, ok, port

if mode == "python":
    from redis._parsers import _AsyncRESP3Parser, _RESP3Parser

    sync_parser = {"parser_class": _RESP3Parser}
    async_parser = {"parser_class": _AsyncRESP3Parser}
else:
    from redis._parsers import _AsyncHiredisParser, _HiredisParser

    sync_parser = {"parser_class": _HiredisParser}
    async_parser = {"parser_class": _AsyncHiredisParser}
protocol = 2 if mode == "resp2" else 3
options = {"protocol": protocol, "decode_responses": True, "socket_timeout": 10}


def pool(**more):
    return redis.ConnectionPool(
        connection_class=redis.Connection, host=host, port=port, **options, **sync_parser, **more
    )


client = redis.Redis(connection_pool=pool(client_name="redis-py-test"))
# The same program runs against Redis too, to test the test.
is_cloakroom = "sessget" in client.command()


def connection():
    expect(True, client.ping(), "PING")
    expect("redis-py-test", client.client_getname(), "name")
    info = client.client_info()
    expect(str(protocol), str(info["resp"]), "protocol")
    if is_cloakroom:
        expect("redis-py", info["lib-name"], "CLIENT SETINFO")
    expect("7.0.15", client.info("server")["redis_version"], "INFO")
    expect({"maxmemory-policy": "noeviction"}, client.config_get("maxmemory-policy"), "CONFIG GET")
    expect(2, client.command()["get"]["arity"], "COMMAND")
    expect(True, client.time()[0] > 1_700_000_000, "TIME")
    ok("connect")


def strings():
    expect([True, None], [client.set("s", "1", ex=100, nx=True), client.set("s", "2", nx=True)], "SET NX")
    expect("1", client.set("s", "3", get=True, keepttl=True), "SET GET KEEPTTL")
    expect(True, is_near(client.ttl("s"), 100), "TTL")
    expect("3", client.getex("s", px=500_000), "GETEX")
    expect(True, client.pttl("s") > 400_000, "PTTL")
    expect([True, False], [client.expire("s", 600, gt=True), client.expire("s", 1, gt=True)], "EXPIRE GT")
    expect(["3", None], client.mget("s", "none"), "MGET")
    expect(8, client.incr("n", 8), "INCRBY")
    expect(8.5, client.incrbyfloat("n", 0.5), "INCRBYFLOAT")
    expect("3", client.getdel("s"), "GETDEL")
    try:
        client.hget("n", "f")
        expect("an error", "none", "WRONGTYPE")
    except redis.ResponseError as error:
        expect("WRONGTYPE Operation against a key holding the wrong kind of value", str(error), "WRONGTYPE")
    ok("strings")


def hashes():
    expect(2, client.hset("h", mapping={"user": "alice", "cart": "1"}), "HSET")
    expect({"user": "alice", "cart": "1"}, client.hgetall("h"), "HGETALL")
    expect(3, client.hincrby("h", "cart", 2), "HINCRBY")
    expect(2.5, client.hincrbyfloat("h", "cart", -0.5), "HINCRBYFLOAT")
    expect(["alice", None], client.hmget("h", "user", "none"), "HMGET")
    expect({"user": "alice", "cart": "2.5"}, dict(client.hscan_iter("h")), "HSCAN")
    expect(True, client.rename("h", "h2"), "RENAME")
    try:
        client.rename("h", "h2")
        expect("an error", "none", "RENAME of nothing")
    except redis.ResponseError as error:
        expect("no such key", str(error), "RENAME of nothing")
    ok("hashes")


def pipelines():
    pipe = client.pipeline(transaction=False)
    for number in range(1000):
        pipe.set(f"pipe:{number}", number, ex=60)
    expect([True] * 1000, pipe.execute(), "a pipeline of 1,000")
    expect(1000, len(set(client.scan_iter("pipe:*", count=100))), "SCAN")
    expect(1000, client.unlink(*[f"pipe:{number}" for number in range(1000)]), "UNLINK")
    ok("pipeline")


def pools():
    shared = redis.Redis(connection_pool=redis.BlockingConnectionPool(
        max_connections=4, timeout=10, host=host, port=port, **options, **sync_parser
    ))

    def work():
        for _ in range(50):
            shared.incr("pooled")

    threads = [threading.Thread(target=work) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    expect("800", shared.get("pooled"), "16 threads on 4 connections")
    shared.connection_pool.disconnect()
    expect("800", shared.get("pooled"), "a pool connects again")
    ok("pool")


def channels():
    listener = client.pubsub()
    listener.subscribe("news")
    listener.psubscribe("new*")
    expect("subscribe", listener.get_message(timeout=5)["type"], "SUBSCRIBE")
    expect("psubscribe", listener.get_message(timeout=5)["type"], "PSUBSCRIBE")
    expect(2, client.publish("news", "hello"), "PUBLISH")
    expect("hello", listener.get_message(timeout=5)["data"], "message")
    expect("pmessage", listener.get_message(timeout=5)["type"], "message by pattern")
    if protocol == 2:
        listener.ping()
        expect("pong", listener.get_message(timeout=5)["type"], "PING while subscribed")
    listener.close()
    ok("pubsub")


async def asynchronous():
    shared = aioredis.Redis(connection_pool=aioredis.ConnectionPool(
        connection_class=aioredis.Connection, host=host, port=port, max_connections=50, **options, **async_parser
    ))
    await asyncio.gather(*[shared.set(f"async:{number}", number, px=60_000) for number in range(50)])
    values = await asyncio.gather(*[shared.get(f"async:{number}") for number in range(50)])
    expect([str(number) for number in range(50)], values, "50 at a time")
    async with shared.pipeline(transaction=False) as pipe:
        expect([True, "x", 1], await pipe.set("a", "x").get("a").delete("a").execute(), "pipeline")
    listener = shared.pubsub()
    await listener.subscribe("async-news")
    await shared.publish("async-news", "hi")
    async for message in listener.listen():
        if message["type"] == "message":
            expect("hi", message["data"], "message")
            break
    await listener.aclose()
    await shared.aclose()
    ok("asyncio")


def expiry():
    start = time.monotonic()
    client.set("short", "1", px=200)
    expires(start, 0.2, lambda: client.get("short") is None)
    expect(-2, client.ttl("short"), "TTL of what has expired")
    ok("expiry")


def sessions():
    token = client.execute_command("SESSCREATE", "USER", "alice", "IDLE", "15m", "FIELDS", 1, "cart", "3")
    reply = client.execute_command("SESSGET", token)
    session = reply if isinstance(reply, dict) else dict(zip(reply[::2], reply[1::2]))
    expect("alice", session["user"], "SESSGET")
    expect(1, client.execute_command("SESSREVOKEUSER", "alice"), "SESSREVOKEUSER")
    try:
        client.execute_command("SESSSET", token, "FIELDS", 1, "cart", "4")
        expect("an error", "none", "a revoked session")
    except redis.ResponseError as error:
        expect("REVOKED the session was revoked", str(error), "a revoked session")
    ok("sessions")


def transactions():
    with client.pipeline() as pipe:
        expect([True, 2], pipe.set("t", 1).incr("t").execute(), "MULTI, EXEC")
        pipe.watch("t")
        value = int(pipe.get("t"))
        client.set("t", 10)
        pipe.multi()
        pipe.set("t", value + 1)
        try:
            pipe.execute()
            expect("WatchError", "none", "a watched key has changed")
        except redis.WatchError:
            pass
    expect("10", client.get("t"), "and stays")
    expect(["11"], client.transaction(lambda pipe: (
        (value := int(pipe.get("t"))), pipe.multi(), pipe.set("t", value + 1), pipe.get("t")
    ), "t")[1:], "transaction")
    ok("transactions")


def locks():
    lock = client.lock("resource", timeout=10)
    expect(True, lock.acquire(), "acquire")
    other = client.lock("resource", timeout=10)
    expect(False, other.acquire(blocking=False), "exclusive")
    expect(True, lock.extend(10), "extend")
    expect(True, lock.reacquire(), "reacquire")
    expect(True, lock.owned(), "owned")
    client.set("resource", "another's")
    try:
        lock.release()
        expect("LockNotOwnedError", "none", "only its owner releases it")
    except redis.exceptions.LockNotOwnedError:
        pass
    client.delete("resource")
    expect(True, other.acquire(blocking=False), "free again")
    other.release()
    expect(0, client.exists("resource"), "released")
    ok("lock")


connection()
strings()
hashes()
pipelines()
pools()
channels()
asyncio.run(asynchronous())
expiry()
if is_cloakroom:
    sessions()
transactions()
locks()
