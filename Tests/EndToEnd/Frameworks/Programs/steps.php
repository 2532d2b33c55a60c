<?php
// What the PHP programs here share: `php <program> <host> <port>` prints a line "ok <step>" for each step that went as
// it should, and ends with status 1 at the first that did not.

// Debian's libraries are older than its PHP, which calls some of their habits deprecated.
$fatal = E_ALL & ~E_DEPRECATED & ~E_USER_DEPRECATED;
error_reporting($fatal);
set_error_handler(function ($severity, $message, $file, $line) {
    throw new ErrorException($message, 0, $severity, $file, $line);
}, $fatal);

// PHP starts and renames sessions only as long as nothing has been sent: output is kept until the end.
ob_start();

[$host, $port] = [$argv[1], (int) $argv[2]];

/** Ends the program unless `$actual` is `$expected`. */
function expect($expected, $actual, string $what): void
{
    if ($actual === $expected) return;
    fprintf(STDERR, "%s: expected %s, got %s\n", $what, var_export($expected, true), var_export($actual, true));
    exit(1);
}

/** Ends the program unless `$condition` comes to hold within `$seconds`. */
function eventually(callable $condition, string $what, float $seconds = 10): void
{
    $deadline = microtime(true) + $seconds;
    while (!$condition()) {
        if (microtime(true) > $deadline) expect('within ' . $seconds . ' s', 'never', $what);
        usleep(5000);
    }
}

/**
 * Ends the program unless what was made for `$seconds` after the moment `$start` disappears, and not before its time.
 */
function expires(float $start, float $seconds, callable $isGone): void
{
    eventually($isGone, 'expiry');
    expect(true, microtime(true) - $start >= $seconds - 0.01, 'not before its time');
}

/** A step that has succeeded. */
function ok(string $step): void
{
    echo "ok $step\n";
}
