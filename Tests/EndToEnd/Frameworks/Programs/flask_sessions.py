"""Flask with Flask-Session."""

import time
from datetime import timedelta

import redis
from flask import Flask, request, session
from flask_session import Session

from steps import expect, expires, host, is_near, ok, port

raw = redis.Redis(host, port)
app = Flask(__name__)
app.config.update(
    SESSION_TYPE="redis", SESSION_REDIS=redis.Redis(host, port), PERMANENT_SESSION_LIFETIME=timedelta(hours=1)
)
interface = Session(app)


@app.get("/login")
def login():
    session["user"] = request.args["user"]
    return "in"


@app.get("/cart")
def cart():
    session["cart"] = session.get("cart", "") + request.args["item"]
    return session["cart"]


@app.get("/whoami")
def whoami():
    return session.get("user", "nobody")


@app.get("/rotate")
def rotate():
    app.session_interface.regenerate(session)
    return "rotated"


@app.get("/logout")
def logout():
    session.clear()
    return "out"


def key(browser):
    return "session:" + browser.get_cookie("session").value


browser = app.test_client()
browser.get("/login?user=alice")
expect(True, is_near(raw.ttl(key(browser)), 3600), "stored with a deadline")
ok("create")
expect("alice", browser.get("/whoami").text, "read")
ok("read")
browser.get("/cart?item=a")
expect("ab", browser.get("/cart?item=b").text, "update")
ok("update")
raw.expire(key(browser), 100)
browser.get("/cart?item=c")
expect(True, is_near(raw.ttl(key(browser)), 3600), "renewed by writing")
ok("touch")

old = key(browser)
browser.get("/rotate")
expect(True, key(browser) != old, "another id")
expect([0, 1], [raw.exists(old), raw.exists(key(browser))], "the session has moved")
expect("alice", browser.get("/whoami").text, "its data too")
ok("change-id")

current = key(browser)
browser.get("/logout")
expect(0, raw.exists(current), "logged out")
expect("nobody", browser.get("/whoami").text, "and reads nothing")
ok("destroy")

app.permanent_session_lifetime = timedelta(seconds=1)
app.session_interface.permanent = True
browser = app.test_client()
start = time.monotonic()
browser.get("/login?user=bob")
short = key(browser)
expires(start, 1, lambda: not raw.exists(short))
cookie = short.removeprefix("session:")
expect("nobody", app.test_client().get("/whoami", headers={"Cookie": f"session={cookie}"}).text, "expired")
ok("expiry")
