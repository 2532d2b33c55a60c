// The functions of BoringSSL that SessionCore calls, under the names that swift-crypto's copy gives them.
#pragma once

#include <stddef.h>
#include <stdint.h>

// The digest of `length` bytes, written to `out` (20 and 32 bytes); returns `out`.
uint8_t *CCryptoBoringSSL_SHA1(const uint8_t *data, size_t length, uint8_t *out);
uint8_t *CCryptoBoringSSL_SHA256(const uint8_t *data, size_t length, uint8_t *out);

// Overwrites `length` bytes, also where the compiler sees that nobody reads them again.
void CCryptoBoringSSL_OPENSSL_cleanse(void *bytes, size_t length);

typedef struct env_md_st EVP_MD;
typedef struct evp_aead_st EVP_AEAD;
typedef struct evp_aead_ctx_st {
  uint8_t key;
} EVP_AEAD_CTX;

const EVP_MD *CCryptoBoringSSL_EVP_sha256(void);
const EVP_MD *CCryptoBoringSSL_EVP_sha512(void);

// Whatever `md` is, with SHA-256.
uint8_t *CCryptoBoringSSL_HMAC(
    const EVP_MD *md, const void *key, size_t key_length, const uint8_t *data, size_t length, uint8_t *out,
    unsigned *out_length);
int CCryptoBoringSSL_HKDF_expand(
    uint8_t *out, size_t out_length, const EVP_MD *md, const uint8_t *key, size_t key_length, const uint8_t *info,
    size_t info_length);

// Does not encrypt; the tag is a checksum.
const EVP_AEAD *CCryptoBoringSSL_EVP_aead_aes_256_gcm(void);
EVP_AEAD_CTX *CCryptoBoringSSL_EVP_AEAD_CTX_new(
    const EVP_AEAD *aead, const uint8_t *key, size_t key_length, size_t tag_length);
void CCryptoBoringSSL_EVP_AEAD_CTX_free(EVP_AEAD_CTX *context);
int CCryptoBoringSSL_EVP_AEAD_CTX_seal(
    const EVP_AEAD_CTX *context, uint8_t *out, size_t *out_length, size_t limit, const uint8_t *nonce,
    size_t nonce_length, const uint8_t *in, size_t length, const uint8_t *data, size_t data_length);
int CCryptoBoringSSL_EVP_AEAD_CTX_open(
    const EVP_AEAD_CTX *context, uint8_t *out, size_t *out_length, size_t limit, const uint8_t *nonce,
    size_t nonce_length, const uint8_t *in, size_t length, const uint8_t *data, size_t data_length);
void CCryptoBoringSSL_ERR_clear_error(void);
