# What the Ruby programs here share: `ruby <program> <host> <port>` prints a line "ok <step>" for each step that went as
# it should, and ends with status 1 at the first that did not.

HOST = ARGV[0]
PORT = Integer(ARGV[1])

# Ends the program unless +actual+ equals +expected+.
def expect(expected, actual, what)
  abort "#{what}: expected #{expected.inspect}, got #{actual.inspect}" unless expected == actual
end

def near?(value, target, tolerance = 5)
  (value - target).abs <= tolerance
end

# Ends the program unless the block comes to be true in time.
def eventually(what, seconds = 10)
  deadline = now + seconds
  until yield
    abort "#{what}: not within #{seconds} s" if now > deadline
    sleep 0.005
  end
end

def now
  Process.clock_gettime(Process::CLOCK_MONOTONIC)
end

# Ends the program unless what was made for +seconds+ after the moment +start+ disappears (the block), and not before
# its time.
def expires(start, seconds, &is_gone)
  eventually('expiry', &is_gone)
  expect(true, now - start >= seconds - 0.01, 'not before its time')
end

# A step that has succeeded.
def ok(step)
  puts "ok #{step}"
  $stdout.flush
end

# A browser: calls a Rack application and keeps its session cookie.
class Browser
  attr_accessor :cookie

  def initialize(app, name)
    @app = app
    @name = name
  end

  def get(path)
    headers = @cookie ? { 'HTTP_COOKIE' => "#{@name}=#{@cookie}" } : {}
    response = Rack::MockRequest.new(@app).get(path, headers)
    abort "#{path}: status #{response.status}: #{response.body}" unless response.status == 200
    set = response.headers['Set-Cookie'].to_s[/#{@name}=([^;]*)/, 1]
    @cookie = set if set
    response.body
  end
end
