<?php
// Laravel's sessions in its redis cache store (SESSION_DRIVER=redis), and its cache and lock beside them.
// Third argument: the client, "phpredis" or "predis".
require __DIR__ . '/steps.php';
foreach (['Cache', 'Redis', 'Session', 'Support'] as $component) require "Illuminate/$component/autoload.php";
require 'Predis/autoload.php';

use Illuminate\Cache\RedisStore;
use Illuminate\Cache\Repository;
use Illuminate\Redis\RedisManager;
use Illuminate\Session\CacheBasedSessionHandler;
use Illuminate\Session\Store;

$client = $argv[3] ?? 'phpredis';
// phpredis wants its container only for the configuration of clusters.
$redis = new RedisManager(null, $client, [
    'options' => ['prefix' => 'laravel_database_'],
    'default' => ['host' => $host, 'port' => $port, 'database' => 0, 'read_write_timeout' => 5, 'read_timeout' => 5],
]);
$cache = new RedisStore($redis, 'laravel_cache', 'default');
$key = fn (string $id) => "laravel_cache:$id";
$connection = $redis->connection();

/** A new request: a session with this id, or a fresh one. */
function request(?string $id, float $minutes = 120): Store
{
    global $cache;
    $session = new Store('laravel_session', new CacheBasedSessionHandler(new Repository($cache), $minutes), $id);
    $session->start();
    return $session;
}

$session = request(null);
$id = $session->getId();
$session->put('user', 'alice');
$session->save();
expect(true, abs($connection->ttl($key($id)) - 7200) <= 5, 'stored with a deadline');
ok('create');

$session = request($id);
expect('alice', $session->get('user'), 'what was stored');
$session->push('cart', 3);
$session->save();
ok('read');
$session = request($id);
expect([3], $session->get('cart'), 'what was changed');
ok('update');
$connection->expire($key($id), 100);
$session->save();
expect(true, $connection->ttl($key($id)) > 7000, 'renewed');
ok('touch');

$session = request($id);
$session->migrate(true);
$new = $session->getId();
$session->save();
expect(true, $new !== $id, 'another id');
expect(0, (int) $connection->exists($key($id)), 'the old one is gone');
expect('alice', request($new)->get('user'), 'the data have moved');
ok('change-id');

$session = request($new);
$session->invalidate();
expect(0, (int) $connection->exists($key($new)), 'logged out');
ok('destroy');

$start = microtime(true);
$session = request(null, 1 / 60);
$short = $session->getId();
$session->put('user', 'bob');
$session->save();
expires($start, 1, fn () => !$connection->exists($key($short)));
expect(null, request($short)->get('user'), 'an expired session is empty');
ok('expiry');

$repository = new Repository($cache);
$repository->put('name', 'value', 60);
expect('value', $repository->get('name'), 'cache');
$repository->put('count', 1, 60);
expect(3, $repository->increment('count', 2), 'increment');
expect(true, $repository->many(['name', 'count']) == ['name' => 'value', 'count' => 3], 'many');
$repository->forget('name');
expect(null, $repository->get('name'), 'forget');
ok('cache');

// putMany is a transaction; add and the lock's release are scripts.
$repository->putMany(['one' => 1, 'two' => 2], 60);
expect(2, (int) $repository->get('two'), 'putMany');
$repository->forget('three');
expect([true, false], [$repository->add('three', 3, 60), $repository->add('three', 4, 60)], 'add');
ok('scripts');
$lock = $cache->lock('resource', 30);
expect(true, $lock->get(), 'lock');
$other = $cache->lock('resource', 30);
expect(false, $other->get(), 'is exclusive');
expect(false, $other->release(), 'only its owner releases it');
expect(true, $lock->release(), 'its owner does');
expect(true, $other->get(), 'and it is free again');
$other->release();
ok('lock');
