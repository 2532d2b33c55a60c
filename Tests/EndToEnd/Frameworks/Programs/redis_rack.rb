# Rack with redis-rack (third argument "rack"); ActionDispatch, which is Rails's session middleware, with
# redis-actionpack ("actionpack") or with Rails's own cache store and RedisCacheStore ("cache-store").
require_relative 'steps'
require 'rack'
require 'redis'

MODE = ARGV[2]
RAW = Redis.new(host: HOST, port: PORT)

# The application: its session is where the middleware puts it.
APP = lambda do |env|
  session = env['rack.session']
  _, action, argument = env['PATH_INFO'].split('/')
  answer =
    case action
    when 'login' then session['user'] = argument
    when 'whoami' then session['user'] || 'nobody'
    when 'cart' then session['cart'] = session['cart'].to_s + argument
    when 'rotate'
      env['rack.session.options'][:renew] = true
      # Rack moves what has been read.
      session['user']
    when 'logout'
      session.destroy
      'out'
    end
  [200, { 'Content-Type' => 'text/plain' }, [answer]]
end

def require_rails
  require 'active_support/all'
  require 'active_support/cache/redis_cache_store'
  require 'action_dispatch'
  # Loaded on first use, which has to come before the middleware's.
  ActionDispatch::Request
end

def middleware(lifetime)
  url = "redis://#{HOST}:#{PORT}/0"
  case MODE
  when 'rack'
    require 'rack/session/redis'
    Rack::Session::Redis.new(APP, redis_server: "#{url}/rack:session", expire_after: lifetime, key: 'sid')
  when 'actionpack'
    require_rails
    require 'redis-actionpack'
    ActionDispatch::Cookies.new(
      ActionDispatch::Session::RedisStore.new(
        APP, servers: ["#{url}/rails:session"], expire_after: lifetime, key: 'sid', threadsafe: true))
  when 'cache-store'
    require_rails
    cache = ActiveSupport::Cache::RedisCacheStore.new(url: url, namespace: 'rails')
    ActionDispatch::Cookies.new(
      ActionDispatch::Session::CacheStore.new(APP, cache: cache, expire_after: lifetime, key: 'sid'))
  end
end

def key(browser)
  private_id = Rack::Session::SessionId.new(browser.cookie).private_id
  case MODE
  when 'rack' then "rack:session:#{private_id}"
  when 'actionpack' then "rails:session:#{private_id}"
  when 'cache-store' then "rails:_session_id:#{private_id}"
  end
end

app = middleware(3600)
browser = Browser.new(app, 'sid')
browser.get('/login/alice')
expect(true, near?(RAW.ttl(key(browser)), 3600), 'stored with a deadline')
ok 'create'
expect('alice', browser.get('/whoami'), 'read')
ok 'read'
browser.get('/cart/a')
expect('ab', browser.get('/cart/b'), 'update')
ok 'update'
RAW.expire(key(browser), 100)
browser.get('/cart/c')
expect(true, near?(RAW.ttl(key(browser)), 3600), 'renewed by writing')
ok 'touch'

old = key(browser)
browser.get('/rotate')
expect(true, key(browser) != old, 'another id')
expect([0, 1], [RAW.exists(old), RAW.exists(key(browser))], 'the session has moved')
expect('alice', browser.get('/whoami'), 'its data too')
ok 'change-id'

current = key(browser)
browser.get('/logout')
expect(0, RAW.exists(current), 'logged out')
ok 'destroy'

browser = Browser.new(middleware(1), 'sid')
start = now
browser.get('/login/bob')
short = browser.cookie
name = key(browser)
expires(start, 1) { RAW.exists(name).zero? }
browser.cookie = short
expect('nobody', browser.get('/whoami'), 'an expired session reads nothing')
ok 'expiry'

if MODE == 'cache-store'
  cache = ActiveSupport::Cache::RedisCacheStore.new(url: "redis://#{HOST}:#{PORT}/0", namespace: 'cache')
  expect('OK', cache.write('a', { 'n' => 1 }, expires_in: 60), 'write')
  expect({ 'n' => 1 }, cache.read('a'), 'read')
  expect(false, cache.write('a', 2, unless_exist: true), 'unless_exist')
  expect({ 'a' => { 'n' => 1 } }, cache.read_multi('a', 'none'), 'read_multi')
  expect(7, cache.fetch('b', expires_in: 60) { 7 }, 'fetch')
  expect(1, cache.delete('a'), 'delete (UNLINK)')
  cache.delete_matched('*')
  expect(nil, cache.read('b'), 'delete_matched (SCAN)')
  ok 'cache'
end
