#include "base/hash.h"

#include <assert.h>
#include <sodium.h>

#include "base/banned.h"

void hash_text(const void *first, size_t first_len, const void *second, size_t second_len,
               char out[HASH_TEXT_SIZE])
{
    crypto_generichash_state state;
    unsigned char digest[32];

    crypto_generichash_init(&state, NULL, 0, sizeof(digest));
    if (first_len > 0) {
        crypto_generichash_update(&state, first, first_len);
    }
    if (second_len > 0) {
        crypto_generichash_update(&state, second, second_len);
    }
    crypto_generichash_final(&state, digest, sizeof(digest));
    sodium_bin2hex(out, HASH_TEXT_SIZE, digest, sizeof(digest));
}

void hash_random_text(char *out, size_t size)
{
    unsigned char bytes[64];
    size_t count = (size - 1) / 2;

    assert(size % 2 == 1 && count > 0 && count <= sizeof(bytes));
    randombytes_buf(bytes, count);
    sodium_bin2hex(out, size, bytes, count);
}
