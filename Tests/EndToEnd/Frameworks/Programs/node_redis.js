// The Node client node-redis, and express-session's store connect-redis, whose calls of the client are made here: the
// store itself is not packaged.
// `NODE_PATH=/usr/share/nodejs node node_redis.js <host> <port>` prints a line "ok <step>" for each step that went as
// it should, and ends with status 1 at the first that did not.
"use strict";
const assert = require("assert");
const { createClient } = require("redis");

const [host, port] = process.argv.slice(2);
const connect = async (more) => {
    const client = createClient({ socket: { host, port: Number(port), connectTimeout: 5000 }, ...more });
    client.on("error", (error) => { throw error; });
    await client.connect();
    return client;
};
const ok = (step) => console.log("ok", step);
const eventually = async (condition, what) => {
    const deadline = Date.now() + 10_000;
    while (!(await condition())) {
        assert(Date.now() < deadline, `${what}: not within 10 s`);
        await new Promise((resolve) => setTimeout(resolve, 5));
    }
};

// What connect-redis does with the client, method by method.
class Store {
    constructor(client, ttl) { Object.assign(this, { client, ttl, prefix: "sess:" }); }
    async get(id) {
        const data = await this.client.get(this.prefix + id);
        return data ? JSON.parse(data) : null;
    }
    set(id, session) { return this.client.set(this.prefix + id, JSON.stringify(session), { EX: this.ttl }); }
    touch(id) { return this.client.expire(this.prefix + id, this.ttl); }
    destroy(id) { return this.client.del([this.prefix + id]); }
    async ids() {
        const found = [];
        for await (const key of this.client.scanIterator({ MATCH: this.prefix + "*", COUNT: 100 })) {
            found.push(key.slice(this.prefix.length));
        }
        return found;
    }
    async all() {
        const ids = await this.ids();
        return ids.length ? (await this.client.mGet(ids.map((id) => this.prefix + id))).map(JSON.parse) : [];
    }
    async clear() { return this.client.del((await this.ids()).map((id) => this.prefix + id)); }
}

const store = async (client) => {
    const store = new Store(client, 3600);
    await store.set("a", { user: "alice", cart: [] });
    assert(await client.ttl("sess:a") > 3500, "stored with a deadline");
    ok("create");
    assert.deepStrictEqual(await store.get("a"), { user: "alice", cart: [] });
    assert.strictEqual(await store.get("none"), null);
    ok("read");
    await store.set("a", { user: "alice", cart: [3] });
    assert.deepStrictEqual((await store.get("a")).cart, [3]);
    ok("update");
    await client.expire("sess:a", 100);
    assert.strictEqual(await store.touch("a"), true);
    assert(await client.ttl("sess:a") > 3500, "renewed");
    ok("touch");
    // express-session's regenerate(): a new id, then the old one destroyed.
    await store.set("b", await store.get("a"));
    await store.destroy("a");
    assert.deepStrictEqual(await store.ids(), ["b"]);
    ok("change-id");
    assert.strictEqual(await store.destroy("b"), 1);
    assert.strictEqual(await store.get("b"), null);
    ok("destroy");
    const short = new Store(client, 1);
    const start = Date.now();
    await short.set("c", { user: "bob" });
    await eventually(async () => (await short.get("c")) === null, "expiry");
    assert(Date.now() - start >= 990, "not before its time");
    ok("expiry");
    for (let number = 0; number < 250; number++) await store.set(`n${number}`, { number });
    assert.strictEqual((await store.all()).reduce((sum, { number }) => sum + number, 0), 31125);
    assert.strictEqual(await store.clear(), 250);
    ok("all");
};

const client = async (client) => {
    await client.clientSetName("node-test");
    assert.strictEqual(await client.clientGetName(), "node-test");
    assert.match(await client.info("server"), /redis_version:7\.0\.15/);
    assert.strictEqual(await client.set("k", "v", { NX: true, PX: 60000 }), "OK");
    assert.strictEqual(await client.set("k", "w", { NX: true }), null);
    assert.strictEqual(await client.set("k", "w", { GET: true, KEEPTTL: true }), "v");
    await client.hSet("h", { user: "alice", cart: 1 });
    assert.deepStrictEqual({ ...(await client.hGetAll("h")) }, { user: "alice", cart: "1" });
    const wrongType = /^Error: WRONGTYPE Operation against a key holding the wrong kind of value$/;
    await assert.rejects(client.incr("h"), wrongType);
    // Requests of one turn are sent together.
    const replies = await Promise.all(Array.from({ length: 1000 }, () => client.incr("n")));
    assert.strictEqual(replies[999], 1000);
    ok("client");
    const listener = client.duplicate();
    await listener.connect();
    const heard = new Promise((resolve) => {
        listener.subscribe("news", resolve).then(() => client.publish("news", "hi"));
    });
    assert.strictEqual(await heard, "hi");
    await listener.disconnect();
    ok("pubsub");
};

const transactions = async (client) => {
    assert.deepStrictEqual(await client.multi().set("t", 1).incr("t").exec(), ["OK", 2]);
    await client.executeIsolated(async (isolated) => {
        await isolated.watch("t");
        await client.set("t", 9);
        await assert.rejects(isolated.multi().set("t", 3).exec(), /WatchError|watched keys has been changed/);
    });
    ok("transactions");
};

(async () => {
    const shared = await connect({ database: 1 });
    await store(shared);
    await client(shared);
    await transactions(shared);
    await shared.quit();
})().catch((error) => {
    console.error(error);
    process.exit(1);
});
