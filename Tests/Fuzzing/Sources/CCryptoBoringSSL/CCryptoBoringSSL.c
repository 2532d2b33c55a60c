// For the fuzzing build only: compiling the whole of BoringSSL would take longer than everything else. SHA-1, SHA-256
// and HMAC are what FIPS 180-4 and RFC 2104 define; the script texts of the corpora fail to be recognised if a digest
// is wrong, and every target checks them before its first input. What encrypts is NOT what its name says: it leaves the
// plaintext as it is, so that mutations of a file are mutations of its content, and its tag is a short checksum.
#include "CCryptoBoringSSL.h"

#include <stdlib.h>
#include <string.h>

#define ROTATE_LEFT(x, n) ((x) << (n) | (x) >> (32 - (n)))
#define ROTATE_RIGHT(x, n) ((x) >> (n) | (x) << (32 - (n)))

static uint32_t load(const uint8_t *from) {
  return (uint32_t)from[0] << 24 | (uint32_t)from[1] << 16 | (uint32_t)from[2] << 8 | from[3];
}

static void store(uint8_t *to, uint32_t word) {
  to[0] = word >> 24;
  to[1] = word >> 16;
  to[2] = word >> 8;
  to[3] = word;
}

static void sha1_block(uint32_t *state, const uint8_t *block) {
  uint32_t w[80];
  for (int t = 0; t < 16; t++) w[t] = load(block + 4 * t);
  for (int t = 16; t < 80; t++) w[t] = ROTATE_LEFT(w[t - 3] ^ w[t - 8] ^ w[t - 14] ^ w[t - 16], 1);
  uint32_t a = state[0], b = state[1], c = state[2], d = state[3], e = state[4];
  for (int t = 0; t < 80; t++) {
    uint32_t f = t < 20 ? (b & c) | (~b & d) : t < 40 || t >= 60 ? b ^ c ^ d : (b & c) | (b & d) | (c & d);
    uint32_t k = t < 20 ? 0x5a827999 : t < 40 ? 0x6ed9eba1 : t < 60 ? 0x8f1bbcdc : 0xca62c1d6;
    uint32_t next = ROTATE_LEFT(a, 5) + f + e + k + w[t];
    e = d;
    d = c;
    c = ROTATE_LEFT(b, 30);
    b = a;
    a = next;
  }
  state[0] += a;
  state[1] += b;
  state[2] += c;
  state[3] += d;
  state[4] += e;
}

static const uint32_t sha256_constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static void sha256_block(uint32_t *state, const uint8_t *block) {
  uint32_t w[64];
  for (int t = 0; t < 16; t++) w[t] = load(block + 4 * t);
  for (int t = 16; t < 64; t++) {
    uint32_t s0 = ROTATE_RIGHT(w[t - 15], 7) ^ ROTATE_RIGHT(w[t - 15], 18) ^ w[t - 15] >> 3;
    uint32_t s1 = ROTATE_RIGHT(w[t - 2], 17) ^ ROTATE_RIGHT(w[t - 2], 19) ^ w[t - 2] >> 10;
    w[t] = w[t - 16] + s0 + w[t - 7] + s1;
  }
  uint32_t v[8];
  memcpy(v, state, sizeof v);
  for (int t = 0; t < 64; t++) {
    uint32_t s1 = ROTATE_RIGHT(v[4], 6) ^ ROTATE_RIGHT(v[4], 11) ^ ROTATE_RIGHT(v[4], 25);
    uint32_t choice = (v[4] & v[5]) ^ (~v[4] & v[6]);
    uint32_t first = v[7] + s1 + choice + sha256_constants[t] + w[t];
    uint32_t s0 = ROTATE_RIGHT(v[0], 2) ^ ROTATE_RIGHT(v[0], 13) ^ ROTATE_RIGHT(v[0], 22);
    uint32_t majority = (v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]);
    memmove(v + 1, v, 7 * sizeof *v);
    v[4] += first;
    v[0] = first + s0 + majority;
  }
  for (int i = 0; i < 8; i++) state[i] += v[i];
}

// Feeds the message and its padding to `block`, 64 bytes at a time.
static void digest(const uint8_t *data, size_t length, uint32_t *state, void (*block)(uint32_t *, const uint8_t *)) {
  size_t left = length;
  for (; left >= 64; left -= 64, data += 64) block(state, data);
  uint8_t tail[128] = {0};
  if (left > 0) memcpy(tail, data, left);
  tail[left] = 0x80;
  size_t end = left < 56 ? 64 : 128;
  store(tail + end - 8, (uint64_t)length >> 29);
  store(tail + end - 4, (uint32_t)(length << 3));
  block(state, tail);
  if (end == 128) block(state, tail + 64);
}

uint8_t *CCryptoBoringSSL_SHA1(const uint8_t *data, size_t length, uint8_t *out) {
  uint32_t state[5] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
  digest(data, length, state, sha1_block);
  for (int i = 0; i < 5; i++) store(out + 4 * i, state[i]);
  return out;
}

uint8_t *CCryptoBoringSSL_SHA256(const uint8_t *data, size_t length, uint8_t *out) {
  uint32_t state[8] = {
      0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
  };
  digest(data, length, state, sha256_block);
  for (int i = 0; i < 8; i++) store(out + 4 * i, state[i]);
  return out;
}

void CCryptoBoringSSL_OPENSSL_cleanse(void *bytes, size_t length) {
  volatile uint8_t *byte = bytes;
  while (length--) *byte++ = 0;
}

// HMAC (RFC 2104) with SHA-256.
static void hmac(const uint8_t *key, size_t key_length, const uint8_t *data, size_t length, uint8_t *out) {
  uint8_t padded[64] = {0};
  if (key_length > 64) CCryptoBoringSSL_SHA256(key, key_length, padded);
  else if (key_length > 0) memcpy(padded, key, key_length);
  uint8_t *inner = malloc(64 + length), outer[96];
  for (int i = 0; i < 64; i++) {
    inner[i] = padded[i] ^ 0x36;
    outer[i] = padded[i] ^ 0x5c;
  }
  if (length > 0) memcpy(inner + 64, data, length);
  CCryptoBoringSSL_SHA256(inner, 64 + length, outer + 64);
  free(inner);
  CCryptoBoringSSL_SHA256(outer, 96, out);
}

const EVP_MD *CCryptoBoringSSL_EVP_sha256(void) { return NULL; }
const EVP_MD *CCryptoBoringSSL_EVP_sha512(void) { return NULL; }

uint8_t *CCryptoBoringSSL_HMAC(
    const EVP_MD *md, const void *key, size_t key_length, const uint8_t *data, size_t length, uint8_t *out,
    unsigned *out_length) {
  (void)md;
  hmac(key, key_length, data, length, out);
  if (out_length) *out_length = 32;
  return out;
}

int CCryptoBoringSSL_HKDF_expand(
    uint8_t *out, size_t out_length, const EVP_MD *md, const uint8_t *key, size_t key_length, const uint8_t *info,
    size_t info_length) {
  (void)md;
  uint8_t *text = malloc(info_length + 1), block[32];
  if (info_length > 0) memcpy(text, info, info_length);
  for (size_t done = 0; done < out_length; done += 32) {
    text[info_length] = (uint8_t)(done / 32);
    hmac(key, key_length, text, info_length + 1, block);
    memcpy(out + done, block, out_length - done < 32 ? out_length - done : 32);
  }
  free(text);
  return 1;
}

const EVP_AEAD *CCryptoBoringSSL_EVP_aead_aes_256_gcm(void) { return NULL; }

EVP_AEAD_CTX *CCryptoBoringSSL_EVP_AEAD_CTX_new(
    const EVP_AEAD *aead, const uint8_t *key, size_t key_length, size_t tag_length) {
  (void)aead, (void)tag_length;
  EVP_AEAD_CTX *context = malloc(sizeof *context);
  context->key = 0;
  for (size_t i = 0; i < key_length; i++) context->key ^= key[i];
  return context;
}

void CCryptoBoringSSL_EVP_AEAD_CTX_free(EVP_AEAD_CTX *context) { free(context); }

// Sixteen times one byte of a checksum over everything that the tag of AES-GCM depends on.
static uint8_t checksum(
    const EVP_AEAD_CTX *context, const uint8_t *nonce, size_t nonce_length, const uint8_t *text, size_t length,
    const uint8_t *data, size_t data_length) {
  uint8_t sum = context->key ^ (uint8_t)length;
  for (size_t i = 0; i < nonce_length; i++) sum = (uint8_t)(sum * 31 + nonce[i]);
  for (size_t i = 0; i < length; i++) sum = (uint8_t)(sum * 31 + text[i]);
  for (size_t i = 0; i < data_length; i++) sum = (uint8_t)(sum * 31 + data[i]);
  return sum;
}

int CCryptoBoringSSL_EVP_AEAD_CTX_seal(
    const EVP_AEAD_CTX *context, uint8_t *out, size_t *out_length, size_t limit, const uint8_t *nonce,
    size_t nonce_length, const uint8_t *in, size_t length, const uint8_t *data, size_t data_length) {
  if (limit < length + 16) return 0;
  uint8_t sum = checksum(context, nonce, nonce_length, in, length, data, data_length);
  if (length > 0) memmove(out, in, length);
  memset(out + length, sum, 16);
  *out_length = length + 16;
  return 1;
}

int CCryptoBoringSSL_EVP_AEAD_CTX_open(
    const EVP_AEAD_CTX *context, uint8_t *out, size_t *out_length, size_t limit, const uint8_t *nonce,
    size_t nonce_length, const uint8_t *in, size_t length, const uint8_t *data, size_t data_length) {
  if (length < 16 || limit < length - 16) return 0;
  uint8_t sum = checksum(context, nonce, nonce_length, in, length - 16, data, data_length);
  for (size_t i = length - 16; i < length; i++) {
    if (in[i] != sum) return 0;
  }
  if (length > 16) memmove(out, in, length - 16);
  *out_length = length - 16;
  return 1;
}

void CCryptoBoringSSL_ERR_clear_error(void) {}
