#include "base/secret.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/banned.h"

struct secret {
    char *data; /* sodium_malloc: locked, between guard pages, zeroed when freed */
    size_t len;
    size_t size; /* bytes it may hold, without the NUL */
};

bool secret_setup(void)
{
    return sodium_init() >= 0;
}

static struct secret *secret_sized(size_t size)
{
    struct secret *secret = xcalloc(1, sizeof(*secret));

    secret->size = size > SECRET_KEY_MAX ? size : SECRET_KEY_MAX;
    secret->data = sodium_malloc(secret->size + 1);
    if (secret->data == NULL) {
        /* Never fall back to plain memory: it could reach the swap and a core file. */
        die("there is no protected memory left for a key.");
    }
    sodium_memzero(secret->data, secret->size + 1);
    return secret;
}

struct secret *secret_new(const char *bytes, size_t len)
{
    struct secret *secret = secret_sized(len);

    if (len > 0) {
        memcpy(secret->data, bytes, len);
    }
    secret->len = len;
    return secret;
}

struct secret *secret_new_empty(void)
{
    return secret_sized(0);
}

void secret_free(struct secret *secret)
{
    if (secret == NULL) {
        return;
    }
    sodium_free(secret->data);
    sodium_memzero(secret, sizeof(*secret));
    free(secret);
}

struct secret *secret_dup(const struct secret *secret)
{
    return secret_new(secret->data, secret->len);
}

const char *secret_text(const struct secret *secret)
{
    return secret->data;
}

size_t secret_len(const struct secret *secret)
{
    return secret->len;
}

bool secret_add(struct secret *secret, const char *bytes, size_t len)
{
    if (len > SECRET_KEY_MAX || secret->len > SECRET_KEY_MAX - len) {
        return false;
    }
    if (len > 0) {
        memcpy(secret->data + secret->len, bytes, len);
    }
    secret->len += len;
    secret->data[secret->len] = '\0';
    return true;
}

void secret_backspace(struct secret *secret)
{
    size_t keep = secret->len;

    if (keep == 0) {
        return;
    }
    do {
        keep--;
    } while (keep > 0 && ((unsigned char)secret->data[keep] & 0xc0u) == 0x80u);
    sodium_memzero(secret->data + keep, secret->len - keep);
    secret->len = keep;
}

bool secret_is_key(const char *bytes, size_t len, struct err *err)
{
    if (len == 0) {
        return err_set(err, ERR_INVALID, "The key is empty.");
    }
    if (len > SECRET_KEY_MAX) {
        return err_set(err, ERR_INVALID, "The key is longer than %d bytes.", SECRET_KEY_MAX);
    }
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)bytes[i];

        if (c < 0x21 || c > 0x7e) {
            return err_set(err, ERR_INVALID,
                           "Byte %zu of the key is a space, a control character or not ASCII: a "
                           "key has none of these.",
                           i + 1);
        }
        if (strchr("\"'`{}", c) != NULL) {
            return err_set(
                err, ERR_INVALID,
                "Byte %zu of the key is a quote or a brace: a key has none of these. Was "
                "it copied with something around it?",
                i + 1);
        }
    }
    /* Base64 is filled up with it, at the end and nowhere else. */
    for (size_t end = len; end > 0 && bytes[end - 1] == '='; end--) {
        len = end - 1;
    }
    if (len == 0 || memchr(bytes, '=', len) != NULL) {
        return err_set(err, ERR_INVALID,
                       "The key has an = that is not at its end: was it copied with its name?");
    }
    return true;
}

bool secret_equal(const struct secret *a, const struct secret *b)
{
    return a->len == b->len && sodium_memcmp(a->data, b->data, a->len) == 0;
}

void secret_wipe(void *bytes, size_t len)
{
    if (len > 0) {
        sodium_memzero(bytes, len);
    }
}
