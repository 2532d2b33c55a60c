<?php
// Symfony's RedisSessionHandler (HttpFoundation), once with php-redis and once with Predis as its client.
require __DIR__ . '/steps.php';
require 'Symfony/Component/HttpFoundation/autoload.php';
require 'Predis/autoload.php';

use Symfony\Component\HttpFoundation\Session\Session;
use Symfony\Component\HttpFoundation\Session\Storage\Handler\RedisSessionHandler;
use Symfony\Component\HttpFoundation\Session\Storage\NativeSessionStorage;

if (($argv[3] ?? 'php-redis') === 'predis') {
    $client = new Predis\Client("tcp://$host:$port?read_write_timeout=5");
} else {
    $client = new Redis();
    $client->connect($host, $port, 5);
}
$options = ['use_cookies' => 0, 'cache_limiter' => '', 'use_strict_mode' => 1, 'lazy_write' => 1];

/** A new request: a session with this id, or a fresh one. */
function request(?string $id, int $ttl = 1440): Session
{
    global $client, $options;
    $handler = new RedisSessionHandler($client, ['prefix' => 'sf_s', 'ttl' => $ttl]);
    $session = new Session(new NativeSessionStorage($options, $handler));
    if ($id !== null) $session->setId($id);
    $session->start();
    return $session;
}

$session = request(null);
$id = $session->getId();
$session->set('user', 'alice');
$session->save();
expect(true, abs($client->ttl("sf_s$id") - 1440) <= 5, 'stored with a deadline');
ok('create');

$session = request($id);
expect('alice', $session->get('user'), 'what was stored');
$session->set('cart', [1, 2]);
$session->save();
ok('read');
$session = request($id);
expect([1, 2], $session->get('cart'), 'what was changed');
$session->save();
ok('update');

$client->expire("sf_s$id", 100);
$session = request($id);
$session->save();
expect(true, $client->ttl("sf_s$id") > 1000, 'renewed');
ok('touch');

$session = request($id);
$session->migrate(true);
$new = $session->getId();
$session->save();
expect(true, $new !== $id, 'another id');
expect(0, (int) $client->exists("sf_s$id"), 'the old one is gone');
$session = request($new);
expect('alice', $session->get('user'), 'the data have moved');
ok('change-id');

$session->invalidate();
expect(0, (int) $client->exists("sf_s$new"), 'logged out');
$session->save();
ok('destroy');

$start = microtime(true);
$session = request(null, 1);
$short = $session->getId();
$session->set('user', 'bob');
$session->save();
expires($start, 1, fn () => !$client->exists("sf_s$short"));
expect(null, request($short)->get('user'), 'an expired session is empty');
ok('expiry');
