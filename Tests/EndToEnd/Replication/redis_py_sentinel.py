"""redis-py through Sentinel: writes, survives a failover, writes again. Arguments: a sentinel's port, the name."""

import sys
import time

import redis
from redis.sentinel import Sentinel

sentinel = Sentinel([("127.0.0.1", int(sys.argv[1]))], socket_timeout=1)
primary = sentinel.master_for(sys.argv[2], socket_timeout=1, decode_responses=True)
first = sentinel.discover_master(sys.argv[2])
assert primary.set("redis-py", "first")
assert primary.get("redis-py") == "first"
primary.execute_command("WAIT", "2", "5000")
print("ok first", flush=True)

end = time.monotonic() + 60
while time.monotonic() < end:
    try:
        if sentinel.discover_master(sys.argv[2]) != first:
            # The same client object: its next connection leads to the new primary.
            assert primary.get("redis-py") == "first"
            assert primary.set("redis-py", "second")
            assert primary.get("redis-py") == "second"
            print("ok second", flush=True)
            sys.exit(0)
    except (redis.ConnectionError, redis.TimeoutError, redis.ReadOnlyError):
        pass
    time.sleep(0.05)
sys.exit("no failover was noticed")
