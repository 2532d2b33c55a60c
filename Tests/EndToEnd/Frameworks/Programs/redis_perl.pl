# The Perl client Redis, and a session of an application that keeps a string with a deadline.
# `perl redis_perl.pl <host> <port>` prints a line "ok <step>" for each step that went as it should.
use strict;
use warnings;
use Redis;
use Time::HiRes qw(sleep time);

$| = 1;
my ($host, $port) = @ARGV;

sub expect {
    my ($expected, $actual, $what) = @_;
    $_ = defined $_ ? $_ : 'undef' for $expected, $actual;
    die "$what: expected $expected, got $actual\n" if $expected ne $actual;
}

sub eventually {
    my ($condition, $what) = @_;
    my $deadline = time + 10;
    until ($condition->()) {
        die "$what: not within 10 s\n" if time > $deadline;
        sleep 0.005;
    }
}

sub ok { print "ok $_[0]\n" }

my $redis = Redis->new(
    server => "$host:$port", name => 'perl-test', cnx_timeout => 5, read_timeout => 5, write_timeout => 5,
    reconnect => 2, every => 100_000);
expect('PONG', $redis->ping, 'PING');
expect('perl-test', $redis->client_getname, 'CLIENT GETNAME');
expect('7.0.15', $redis->info->{redis_version}, 'INFO');
ok('connect');

my $key = 'session:perl';
expect('OK', $redis->set($key, "user=alice\0", 'EX', 3600, 'NX'), 'create');
expect(undef, $redis->set($key, 'x', 'NX'), 'only once');
ok('create');
expect("user=alice\0", $redis->get($key), 'read');
ok('read');
expect('OK', $redis->setex($key, 100, 'user=alice&cart=1'), 'update');
expect('user=alice&cart=1', $redis->get($key), 'what was changed');
ok('update');
expect(1, $redis->expire($key, 3600), 'renew');
expect(1, $redis->ttl($key) > 3500 ? 1 : 0, 'renewed');
ok('touch');
expect('OK', $redis->rename($key, 'session:new'), 'RENAME');
expect('0 1', $redis->exists($key) . ' ' . $redis->exists('session:new'), 'the session has moved');
eval { $redis->rename($key, 'session:new') };
expect(1, $@ =~ /ERR no such key/ ? 1 : 0, "the error's text: $@");
ok('change-id');
expect(1, $redis->del('session:new'), 'DEL');
expect(undef, $redis->get('session:new'), 'logged out');
ok('destroy');
my $start = time;
$redis->psetex('session:short', 300, '1');
eventually(sub { !defined $redis->get('session:short') }, 'expiry');
expect(1, time - $start >= 0.29 ? 1 : 0, 'not before its time');
ok('expiry');

$redis->hmset('h', user => 'alice', cart => 3);
my %session = $redis->hgetall('h');
expect('alice 3', "$session{user} $session{cart}", 'HGETALL');
ok('hashes');
my @replies;
$redis->set("p:$_", $_, sub { push @replies, $_[0] }) for 1 .. 500;
$redis->wait_all_responses;
expect(500, scalar @replies, 'pipeline');
my (%seen, $cursor);
do {
    ($cursor, my $keys) = $redis->scan($cursor // 0, 'MATCH', 'p:*', 'COUNT', 50);
    $seen{$_} = 1 for @$keys;
} while $cursor;
expect(500, scalar keys %seen, 'SCAN');
ok('pipeline');
my $heard = '';
my $listener = Redis->new(server => "$host:$port");
$listener->subscribe('news', sub { $heard = $_[0] });
expect(1, $redis->publish('news', 'hello'), 'PUBLISH');
eventually(sub { $listener->wait_for_messages(0.1); $heard }, 'message');
expect('hello', $heard, 'message');
ok('pubsub');

$redis->multi;
$redis->set('t', 1);
$redis->incr('t');
expect('OK 2', join(' ', $redis->exec), 'MULTI, EXEC');
ok('transactions');
