<?php
// PHP's own sessions (session_start and its like) through php-redis's session handler.
// Third argument: "locking" turns the handler's locks on; "contend <id>" opens a session that somebody else has locked.
require __DIR__ . '/steps.php';

const PREFIX = 'PHPREDIS_SESSION:';
$mode = $argv[3] ?? 'plain';
ini_set('session.save_handler', 'redis');
ini_set('session.save_path', "tcp://$host:$port?timeout=5&read_timeout=5");
ini_set('session.gc_maxlifetime', '1440');
ini_set('session.use_strict_mode', '1');
// There is no browser: neither cookies nor headers.
ini_set('session.use_cookies', '0');
ini_set('session.cache_limiter', '');
ini_set('redis.session.locking_enabled', $mode === 'plain' ? '0' : '1');
ini_set('redis.session.lock_expire', '30');
ini_set('redis.session.lock_wait_time', '2000');
ini_set('redis.session.lock_retries', '5000');

if ($mode === 'contend') {
    session_id($argv[4]);
    session_start();
    $_SESSION['order'] .= ' second';
    session_write_close();
    exit(0);
}

$redis = new Redis();
$redis->connect($host, $port);

/** A new request with this session's cookie. */
function request(string $id): void
{
    session_id($id);
    session_start();
}

session_start();
$id = session_id();
$_SESSION = ['user' => 'alice', 'cart' => [3, 5]];
session_write_close();
expect(1, $redis->exists(PREFIX . $id), 'the session is stored');
expect(true, abs($redis->ttl(PREFIX . $id) - 1440) <= 5, 'and has a deadline');
ok('create');

request($id);
expect($id, session_id(), 'a known id is taken in strict mode');
expect(['user' => 'alice', 'cart' => [3, 5]], $_SESSION, 'what was stored');
$_SESSION['cart'][] = 7;
session_write_close();
ok('read');
request($id);
expect([3, 5, 7], $_SESSION['cart'], 'what was changed');
session_abort();
ok('update');

// session.lazy_write, on by default: unchanged data are not written again, the deadline is (EXPIRE).
$redis->expire(PREFIX . $id, 100);
request($id);
session_write_close();
expect(true, $redis->ttl(PREFIX . $id) > 1000, 'an unchanged session is renewed');
ok('touch');

request($id);
session_regenerate_id(true);
$new = session_id();
session_write_close();
expect(true, $new !== $id, 'another id');
expect(0, $redis->exists(PREFIX . $id), 'the old one is gone');
request($new);
expect('alice', $_SESSION['user'], 'the data have moved');
session_abort();
ok('change-id');

request($id);
expect(true, session_id() !== $id, 'strict mode takes no id that is not stored');
expect([], $_SESSION, 'and gives a fresh session');
session_destroy();
ok('strict');

if ($mode === 'locking') {
    request($new);
    $_SESSION['order'] = 'first';
    expect(1, $redis->exists(PREFIX . $new . '_LOCK'), 'the lock is held');
    $second = proc_open([PHP_BINARY, __FILE__, $host, $port, 'contend', $new], [], $pipes);
    usleep(300000);
    expect(true, proc_get_status($second)['running'], 'the second request waits');
    session_write_close();
    expect(0, proc_close($second), 'and then succeeds');
    expect(0, $redis->exists(PREFIX . $new . '_LOCK'), 'the lock is released');
    request($new);
    expect('first second', $_SESSION['order'], 'one after the other');
    session_write_close();
    ok('lock');
}

request($new);
session_destroy();
expect(0, $redis->exists(PREFIX . $new), 'logged out');
ok('destroy');

ini_set('session.gc_maxlifetime', '1');
$start = microtime(true);
session_start();
$short = session_id();
$_SESSION['user'] = 'bob';
session_write_close();
expires($start, 1, fn () => $redis->get(PREFIX . $short) === false);
request($short);
expect([], $_SESSION, 'an expired session is empty');
session_abort();
ok('expiry');
