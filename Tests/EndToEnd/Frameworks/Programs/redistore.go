// Gorilla's sessions with redistore, and their client redigo.
// `redistore <host> <port>` prints a line "ok <step>" for each step that went as it should, and ends with status 1 at
// the first that did not.
package main

import (
    "fmt"
    "net/http"
    "net/http/httptest"
    "os"
    "time"

    "github.com/boj/redistore"
    "github.com/gomodule/redigo/redis"
    "github.com/gorilla/sessions"
)

func fail(format string, values ...interface{}) {
    fmt.Fprintf(os.Stderr, format+"\n", values...)
    os.Exit(1)
}

func expect(expected, actual interface{}, what string) {
    if fmt.Sprint(expected) != fmt.Sprint(actual) {
        fail("%s: expected %v, got %v", what, expected, actual)
    }
}

func check(err error) {
    if err != nil {
        fail("%v", err)
    }
}

func ok(step string) { fmt.Println("ok " + step) }

func eventually(what string, condition func() bool) {
    for deadline := time.Now().Add(10 * time.Second); !condition(); time.Sleep(5 * time.Millisecond) {
        if time.Now().After(deadline) {
            fail("%s: not within 10 s", what)
        }
    }
}

// A browser that keeps its cookie.
type browser struct {
    store  *redistore.RediStore
    cookie string
}

// One request: `handle` is the application, what it leaves in the session is saved.
func (b *browser) request(handle func(*sessions.Session)) *sessions.Session {
    request := httptest.NewRequest("GET", "/", nil)
    if b.cookie != "" {
        request.Header.Set("Cookie", b.cookie)
    }
    session, err := b.store.Get(request, "session")
    check(err)
    handle(session)
    response := httptest.NewRecorder()
    check(session.Save(request, response))
    for _, cookie := range (&http.Response{Header: response.Header()}).Cookies() {
        b.cookie = cookie.Name + "=" + cookie.Value
    }
    return session
}

func main() {
    address := os.Args[1] + ":" + os.Args[2]
    store, err := redistore.NewRediStore(4, "tcp", address, "", []byte("a key of thirty-two bytes, please"))
    check(err)
    store.SetMaxAge(3600)
    raw, err := redis.Dial("tcp", address)
    check(err)
    ttl := func(key string) int {
        value, err := redis.Int(raw.Do("TTL", key))
        check(err)
        return value
    }
    exists := func(key string) bool {
        value, err := redis.Bool(raw.Do("EXISTS", key))
        check(err)
        return value
    }

    alice := &browser{store: store}
    session := alice.request(func(session *sessions.Session) { session.Values["user"] = "alice" })
    key := "session_" + session.ID
    expect(true, ttl(key) > 3500, "stored with a deadline")
    ok("create")
    alice.request(func(session *sessions.Session) { expect("alice", session.Values["user"], "read") })
    ok("read")
    alice.request(func(session *sessions.Session) { session.Values["cart"] = 3 })
    alice.request(func(session *sessions.Session) { expect(3, session.Values["cart"], "update") })
    ok("update")
    _, err = raw.Do("EXPIRE", key, 100)
    check(err)
    alice.request(func(*sessions.Session) {})
    expect(true, ttl(key) > 3500, "renewed by saving")
    ok("touch")
    session = alice.request(func(session *sessions.Session) { session.ID = "" })
    moved := "session_" + session.ID
    expect(true, moved != key && exists(moved), "another id")
    alice.request(func(session *sessions.Session) { expect("alice", session.Values["user"], "its data too") })
    ok("change-id")
    alice.request(func(session *sessions.Session) { session.Options.MaxAge = -1 })
    expect(false, exists(moved), "logged out")
    ok("destroy")

    store.SetMaxAge(1)
    start := time.Now()
    bob := &browser{store: store}
    session = bob.request(func(session *sessions.Session) { session.Values["user"] = "bob" })
    short := "session_" + session.ID
    eventually("expiry", func() bool { return !exists(short) })
    expect(true, time.Since(start) >= 990*time.Millisecond, "not before its time")
    bob.request(func(session *sessions.Session) { expect(nil, session.Values["user"], "expired") })
    ok("expiry")

    client(address)
    transactions(address)
}

// The client by itself: a pool, a pipeline, a subscription.
func client(address string) {
    pool := &redis.Pool{MaxIdle: 2, MaxActive: 4, Wait: true, Dial: func() (redis.Conn, error) {
        return redis.Dial("tcp", address, redis.DialDatabase(1), redis.DialReadTimeout(5*time.Second))
    }, TestOnBorrow: func(connection redis.Conn, _ time.Time) error {
        _, err := connection.Do("PING")
        return err
    }}
    done := make(chan bool)
    for worker := 0; worker < 16; worker++ {
        go func() {
            for turn := 0; turn < 50; turn++ {
                connection := pool.Get()
                _, err := connection.Do("INCR", "n")
                check(err)
                connection.Close()
            }
            done <- true
        }()
    }
    for worker := 0; worker < 16; worker++ {
        <-done
    }
    connection := pool.Get()
    defer connection.Close()
    total, err := redis.Int(connection.Do("GET", "n"))
    check(err)
    expect(800, total, "16 goroutines on 4 connections")
    ok("pool")
    check(connection.Send("HSET", "h", "user", "alice", "cart", 3))
    check(connection.Send("HGETALL", "h"))
    check(connection.Flush())
    _, err = connection.Receive()
    check(err)
    session, err := redis.StringMap(connection.Receive())
    check(err)
    expect("alice3", session["user"]+session["cart"], "pipeline")
    ok("pipeline")
    listener, err := redis.Dial("tcp", address)
    check(err)
    subscription := redis.PubSubConn{Conn: listener}
    check(subscription.Subscribe("news"))
    _, isSubscribed := subscription.ReceiveWithTimeout(5 * time.Second).(redis.Subscription)
    expect(true, isSubscribed, "SUBSCRIBE")
    _, err = connection.Do("PUBLISH", "news", "hello")
    check(err)
    message, _ := subscription.ReceiveWithTimeout(5 * time.Second).(redis.Message)
    expect("hello", string(message.Data), "message")
    ok("pubsub")
}

// What alexedwards/scs sends through redigo.
func transactions(address string) {
    connection, err := redis.Dial("tcp", address)
    check(err)
    check(connection.Send("MULTI"))
    check(connection.Send("SET", "scs:session:a", "data"))
    check(connection.Send("PEXPIREAT", "scs:session:a", time.Now().Add(time.Hour).UnixMilli()))
    replies, err := redis.Values(connection.Do("EXEC"))
    check(err)
    expect("[OK 1]", fmt.Sprint(replies), "MULTI, SET, PEXPIREAT, EXEC")
    ok("transactions")
}
