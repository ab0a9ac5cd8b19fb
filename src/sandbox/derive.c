#include "sandbox/derive.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/banned.h"

static void derive(uint64_t number, const char *what, uint64_t index, unsigned char out[32])
{
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, 32);
    crypto_generichash_update(&state, (const unsigned char *)&number, sizeof number);
    crypto_generichash_update(&state, (const unsigned char *)what, strlen(what) + 1);
    crypto_generichash_update(&state, (const unsigned char *)&index, sizeof index);
    crypto_generichash_final(&state, out, 32);
}

static void print_uuid(const unsigned char b[16], char out[UUID_SIZE])
{
    snprintf(out, UUID_SIZE, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x",
             b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13],
             b[14], b[15]);
}

static void print_uuid_v4(unsigned char b[16], char out[UUID_SIZE])
{
    b[6] = (unsigned char)((b[6] & 0x0f) | 0x40);
    b[8] = (unsigned char)((b[8] & 0x3f) | 0x80);
    print_uuid(b, out);
}

void derive_uuid(uint64_t number, const char *what, uint64_t index, char out[UUID_SIZE])
{
    unsigned char b[32];
    derive(number, what, index, b);
    print_uuid_v4(b, out);
}

void derive_uuid_v1(uint64_t number, const char *what, uint64_t index, char out[UUID_SIZE])
{
    unsigned char b[32];
    derive(number, what, index, b);
    b[6] = 0x11;
    b[7] = (unsigned char)(0xe0 | (b[7] & 0x0f));
    b[8] = (unsigned char)((b[8] & 0x3f) | 0x80);
    print_uuid(b, out);
}

/* 21 bytes make 28 characters without padding. Wipes them. */
static void print_secret(unsigned char b[32], char out[DERIVED_SECRET_SIZE])
{
    sodium_bin2base64(out, DERIVED_SECRET_SIZE, b, 21, sodium_base64_VARIANT_ORIGINAL);
    sodium_memzero(b, 32);
}

void derive_token(uint64_t number, const char *what, uint64_t index, uint64_t version,
                  char out[DERIVED_SECRET_SIZE])
{
    unsigned char b[32];
    derive(number, what, index << 16 | version, b);
    print_secret(b, out);
}

void derive_secret(uint64_t number, uint64_t index, uint64_t version, char out[DERIVED_SECRET_SIZE])
{
    derive_token(number, "secret", index, version, out);
}

void random_uuid(char out[UUID_SIZE])
{
    unsigned char b[16];
    randombytes_buf(b, sizeof b);
    print_uuid_v4(b, out);
}

void random_secret(char out[DERIVED_SECRET_SIZE])
{
    unsigned char b[32];
    randombytes_buf(b, sizeof b);
    print_secret(b, out);
}

uint32_t derive_below(uint64_t number, const char *what, uint64_t index, uint32_t limit)
{
    unsigned char b[32];
    uint32_t value;
    derive(number, what, index, b);
    memcpy(&value, b, sizeof value);
    return value % limit;
}

void derive_hash(const char *secret, unsigned char out[HASH_SIZE])
{
    crypto_generichash(out, HASH_SIZE, (const unsigned char *)secret, strlen(secret), NULL, 0);
}
