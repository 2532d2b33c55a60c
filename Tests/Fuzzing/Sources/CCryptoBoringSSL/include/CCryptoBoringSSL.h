// The functions of BoringSSL that SessionCore calls, under the names that swift-crypto's copy gives them.
#pragma once

#include <stddef.h>
#include <stdint.h>

// The digest of `length` bytes, written to `out` (20 and 32 bytes); returns `out`.
uint8_t *CCryptoBoringSSL_SHA1(const uint8_t *data, size_t length, uint8_t *out);
uint8_t *CCryptoBoringSSL_SHA256(const uint8_t *data, size_t length, uint8_t *out);

// Overwrites `length` bytes, also where the compiler sees that nobody reads them again.
void CCryptoBoringSSL_OPENSSL_cleanse(void *bytes, size_t length);
