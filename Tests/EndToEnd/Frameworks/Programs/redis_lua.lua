-- The Lua client redis-lua, and a session of an application that keeps a string with a deadline.
-- `lua redis_lua.lua <host> <port>` prints a line "ok <step>" for each step that went as it should.
local redis = require 'redis'
local socket = require 'socket'

local function expect(expected, actual, what)
    if expected ~= actual then
        error(string.format('%s: expected %s, got %s', what, tostring(expected), tostring(actual)), 0)
    end
end

local function eventually(condition, what)
    local deadline = socket.gettime() + 10
    while not condition() do
        if socket.gettime() > deadline then error(what .. ': not within 10 s', 0) end
        socket.sleep(0.005)
    end
end

local function ok(step) print('ok ' .. step) end

local client = redis.connect(arg[1], tonumber(arg[2]))
expect(true, client:ping(), 'PING')
expect(true, client:select(2), 'SELECT')
expect('7.0.15', client:info('server').server.redis_version, 'INFO')
ok('connect')

local key = 'session:lua'
expect(true, client:setex(key, 3600, 'user=alice'), 'SETEX')
ok('create')
expect('user=alice', client:get(key), 'GET')
expect(nil, client:get('session:none'), 'GET of nothing')
ok('read')
expect(true, client:setex(key, 100, 'user=alice&cart=1'), 'SETEX')
expect('user=alice&cart=1', client:get(key), 'what was changed')
ok('update')
expect(true, client:expire(key, 3600), 'EXPIRE')
expect(true, client:ttl(key) > 3500, 'renewed')
ok('touch')
expect(true, client:rename(key, 'session:new'), 'RENAME')
expect(false, client:exists(key), 'the old one is gone')
ok('change-id')
expect(1, client:del('session:new'), 'DEL')
ok('destroy')
local start = socket.gettime()
client:setex('session:short', 1, '1')
eventually(function() return client:get('session:short') == nil end, 'expiry')
expect(true, socket.gettime() - start >= 0.99, 'not before its time')
ok('expiry')

client:hmset('h', { user = 'alice', cart = '3' })
local session = client:hgetall('h')
expect('alice3', session.user .. session.cart, 'HGETALL')
ok('hashes')
local replies = client:pipeline(function(pipe)
    for number = 1, 200 do pipe:set('p:' .. number, number) end
    pipe:get('p:200')
end)
expect('200', replies[201], 'pipeline')
ok('pipeline')
local failed, text = pcall(client.hget, client, 'p:1', 'f')
expect(false, failed, 'HGET of a string')
expect(true, text:find('WRONGTYPE Operation against a key holding the wrong kind of value', 1, true) ~= nil, text)
ok('errors')

local answers = client:transaction(function(transaction)
    transaction:set('t', 1)
    transaction:incr('t')
end)
expect(2, answers[2], 'MULTI, EXEC')
ok('transactions')
