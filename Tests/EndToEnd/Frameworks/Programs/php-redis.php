<?php
// The client php-redis as applications use it beside the session handler.
require __DIR__ . '/steps.php';

$redis = new Redis();
$redis->connect($host, $port, 5, null, 0, 5);
$redis->select(3);
$redis->client('setname', 'php-test');
expect('php-test', $redis->client('getname'), 'name');
ok('connect');

expect(true, $redis->set('php:k', "a\0b", ['nx', 'px' => 60000]), 'SET NX PX');
expect(false, $redis->set('php:k', 'c', ['nx', 'ex' => 60]), 'SET NX of an existing key');
expect("a\0b", $redis->get('php:k'), 'binary value');
expect(true, $redis->pttl('php:k') > 50000, 'PTTL');
expect(true, $redis->setex('php:k', 100, 'd'), 'SETEX');
expect(true, $redis->expire('php:k', 200), 'EXPIRE');
expect(true, $redis->persist('php:k'), 'PERSIST');
expect(-1, $redis->ttl('php:k'), 'TTL without a deadline');
expect('d', $redis->getSet('php:k', 'e'), 'GETSET');
expect(5, $redis->incrBy('php:n', 5), 'INCRBY');
expect(['e', false, '5'], $redis->mGet(['php:k', 'php:none', 'php:n']), 'MGET');
ok('strings');

expect(true, $redis->hMSet('php:h', ['a' => 1, 'b' => 'x']), 'HMSET');
expect(['a' => '1', 'b' => 'x'], $redis->hGetAll('php:h'), 'HGETALL');
expect(3, $redis->hIncrBy('php:h', 'a', 2), 'HINCRBY');
expect(['a' => '3', 'c' => false], $redis->hMGet('php:h', ['a', 'c']), 'HMGET');
expect(Redis::REDIS_HASH, $redis->type('php:h'), 'TYPE');
ok('hashes');

expect([true, 'v', 1], $redis->pipeline()->set('php:p', 'v')->get('php:p')->del('php:p')->exec(), 'pipeline');
ok('pipeline');

$redis->setOption(Redis::OPT_SERIALIZER, Redis::SERIALIZER_IGBINARY);
$redis->set('php:o', ['cart' => [1, 2], 'user' => 'alice']);
expect(['cart' => [1, 2], 'user' => 'alice'], $redis->get('php:o'), 'igbinary');
$redis->setOption(Redis::OPT_SERIALIZER, Redis::SERIALIZER_NONE);
$redis->setOption(Redis::OPT_PREFIX, 'php:');
expect('5', $redis->get('n'), 'prefix');
$redis->setOption(Redis::OPT_PREFIX, '');
ok('options');

foreach (range(1, 500) as $number) $redis->set("php:scan:$number", '1');
$redis->setOption(Redis::OPT_SCAN, Redis::SCAN_RETRY);
$found = [];
$cursor = null;
while (($keys = $redis->scan($cursor, 'php:scan:*', 50)) !== false) $found = array_merge($found, $keys);
expect(500, count(array_unique($found)), 'SCAN');
expect(500, $redis->unlink($found), 'UNLINK');
ok('scan');

expect(true, $redis->pconnect($host, $port, 5, 'pool'), 'pconnect');
expect(true, $redis->ping(), 'PING');
expect('7.0.15', $redis->info('server')['redis_version'], 'INFO');
expect('hello', $redis->echo('hello'), 'ECHO');
expect(false, $redis->rawCommand('NOSUCH', 'x'), 'an unknown command');
expect(1, preg_match("/^ERR unknown command 'NOSUCH'/", $redis->getLastError()), $redis->getLastError());
ok('server');

$start = microtime(true);
expect(true, $redis->psetex('php:short', 300, '1'), 'PSETEX');
expires($start, 0.3, fn () => $redis->get('php:short') === false);
ok('expiry');
