// hiredis as the distribution ships it, and what Swift cannot spell of it: RESP3 came with hiredis 1.0, so the fields
// and constants for it exist only there. Debian 12 has 0.14, Debian 13 and Ubuntu 24.04 have 1.2.
#pragma once

#include <hiredis/hiredis.h>
#include <hiredis/async.h>

/// Whether this hiredis reads RESP3 replies (1.0 and later).
static inline int chiredis_reads_resp3(void) {
#ifdef REDIS_REPLY_MAP
    return 1;
#else
    return 0;
#endif
}

/// A reply's kind as the RESP3 type byte that introduces it on the wire, so that callers need no constant that only
/// newer versions of hiredis define; 0 for a kind that hiredis added later than this file knows.
static inline int chiredis_kind(const redisReply *reply) {
    switch (reply->type) {
    case REDIS_REPLY_STRING: return '$';
    case REDIS_REPLY_ARRAY: return '*';
    case REDIS_REPLY_INTEGER: return ':';
    case REDIS_REPLY_NIL: return '_';
    case REDIS_REPLY_STATUS: return '+';
    case REDIS_REPLY_ERROR: return '-';
#ifdef REDIS_REPLY_MAP
    case REDIS_REPLY_MAP: return '%';
    case REDIS_REPLY_SET: return '~';
    case REDIS_REPLY_DOUBLE: return ',';
    case REDIS_REPLY_BOOL: return '#';
    case REDIS_REPLY_PUSH: return '>';
    case REDIS_REPLY_VERB: return '=';
    case REDIS_REPLY_BIGNUM: return '(';
#endif
    default: return 0;
    }
}

/// The value of a double reply; 0 where this hiredis has none.
static inline double chiredis_double(const redisReply *reply) {
#ifdef REDIS_REPLY_MAP
    return reply->dval;
#else
    (void)reply;
    return 0;
#endif
}

/// The three-letter format of a verbatim string ("txt", "mkd"); empty where this hiredis has none.
static inline const char *chiredis_verbatim_format(const redisReply *reply) {
#ifdef REDIS_REPLY_MAP
    return reply->vtype;
#else
    (void)reply;
    return "";
#endif
}

/// Has this context hand push messages to whoever reads replies, in order, rather than free them; nothing to do where
/// this hiredis has no pushes.
static inline void chiredis_keep_pushes(redisContext *context) {
#ifdef REDIS_REPLY_MAP
    redisSetPushCallback(context, NULL);
#else
    (void)context;
#endif
}

/// The context's last error in words; empty if it has none.
static inline const char *chiredis_error_text(const redisContext *context) { return context->errstr; }
