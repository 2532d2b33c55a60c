# The client redis-rb.
require_relative 'steps'
require 'redis'

redis = Redis.new(host: HOST, port: PORT, db: 2, id: 'ruby-test', timeout: 5)
expect('PONG', redis.ping, 'PING')
expect('ruby-test', redis.client(:getname), 'CLIENT GETNAME')
expect('7.0.15', redis.info['redis_version'], 'INFO')
ok 'connect'

expect([true, false], [redis.set('s', "a\0b", nx: true, px: 60_000), redis.set('s', 'c', nx: true)], 'SET NX')
expect("a\0b", redis.get('s').b, 'binary value')
expect('OK', redis.setex('s', 100, 'd'), 'SETEX')
expect([true, 'd'], [redis.expire('s', 200), redis.getset('s', 'e')], 'EXPIRE, GETSET')
expect(['e', nil], redis.mget('s', 'none'), 'MGET')
expect({ 's' => 'e', 'none' => nil }, redis.mapped_mget('s', 'none'), 'mapped MGET')
expect([5, 5.5], [redis.incrby('n', 5), redis.incrbyfloat('n', 0.5)], 'INCRBY')
expect('e', redis.getdel('s'), 'GETDEL')
ok 'strings'

redis.mapped_hmset('h', 'user' => 'alice', 'cart' => 1)
expect({ 'user' => 'alice', 'cart' => '1' }, redis.hgetall('h'), 'HGETALL')
expect(['alice', nil], redis.hmget('h', 'user', 'none'), 'HMGET')
expect([%w[user alice], %w[cart 1]], redis.hscan_each('h').to_a, 'HSCAN')
begin
  redis.incr('h')
  abort 'INCR of a hash succeeded'
rescue Redis::CommandError => error
  expect('WRONGTYPE Operation against a key holding the wrong kind of value', error.message, 'WRONGTYPE')
end
ok 'hashes'

replies = redis.pipelined { |pipe| 500.times { |number| pipe.set("p:#{number}", number, ex: 60) } }
expect(['OK'] * 500, replies, 'pipeline')
expect(500, redis.scan_each(match: 'p:*', count: 50).uniq.size, 'SCAN')
ok 'pipeline'

received = Queue.new
listener = Thread.new do
  Redis.new(host: HOST, port: PORT).subscribe('news') do |on|
    on.subscribe { received << :subscribed }
    on.message do |_, message|
      received << message
      Thread.exit
    end
  end
end
expect(:subscribed, received.pop, 'SUBSCRIBE')
expect(1, redis.publish('news', 'hello'), 'PUBLISH')
expect('hello', received.pop, 'message')
listener.join(5)
ok 'pubsub'

start = now
redis.psetex('short', 300, '1')
expires(start, 0.3) { redis.get('short').nil? }
ok 'expiry'

expect(['OK', 2], redis.multi { |transaction| [transaction.set('t', 1), transaction.incr('t')] }, 'MULTI')
changed = redis.watch('t') do
  Redis.new(host: HOST, port: PORT, db: 2).set('t', 9)
  redis.multi { |transaction| transaction.set('t', 3) }
end
expect([nil, '9'], [changed, redis.get('t')], 'WATCH')
ok 'transactions'
