<?php
// PHP's own sessions through Predis's session handler.
require __DIR__ . '/steps.php';
require 'Predis/autoload.php';

$client = new Predis\Client("tcp://$host:$port?read_write_timeout=5", ['prefix' => 'sessions:']);
(new Predis\Session\Handler($client, ['gc_maxlifetime' => 1440]))->register();
ini_set('session.use_cookies', '0');
ini_set('session.cache_limiter', '');

/** A new request with this session's cookie. */
function request(string $id): void
{
    session_id($id);
    session_start();
}

session_start();
$id = session_id();
$_SESSION = ['user' => 'alice'];
session_write_close();
expect(true, abs($client->ttl($id) - 1440) <= 5, 'stored with a deadline');
ok('create');
request($id);
expect(['user' => 'alice'], $_SESSION, 'what was stored');
ok('read');
$_SESSION['cart'] = [1];
$client->expire($id, 100);
session_write_close();
expect(true, $client->ttl($id) > 1000, 'renewed');
request($id);
expect([1], $_SESSION['cart'], 'what was changed');
ok('update');
session_regenerate_id(true);
$new = session_id();
session_write_close();
expect([0, 1], [$client->exists($id), $client->exists($new)], 'the session has moved');
ok('change-id');
request($new);
session_destroy();
expect(0, $client->exists($new), 'logged out');
ok('destroy');

(new Predis\Session\Handler($client, ['gc_maxlifetime' => 1]))->register();
$start = microtime(true);
session_id('short');
session_start();
$_SESSION['user'] = 'bob';
session_write_close();
expires($start, 1, fn () => !$client->exists('short'));
ok('expiry');
