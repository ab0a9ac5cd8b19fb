#include "base/alloc.h"

#include <errno.h>
#include <malloc.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/banned.h"

/* Bytes that rescue the terminal belong to whoever has it; this only knows whom to ask. */
static void (*before_die)(void);

void die_after(void (*fn)(void))
{
    before_die = fn;
}

/* No stdio: it could allocate, and what is half written in it may be part of a screen. */
static void put(const char *text)
{
    size_t len = strlen(text);

    while (len > 0) {
        ssize_t done = write(STDERR_FILENO, text, len);

        if (done > 0) {
            text += done;
            len -= (size_t)done;
        } else if (done == 0 || errno != EINTR) {
            return;
        }
    }
}

/* Gives the terminal back and says why. */
static void last_words(const char *sentence)
{
    if (before_die != NULL) {
        before_die();
    }
    put("portcullis: ");
    put(sentence);
    put("\n");
}

void die(const char *sentence)
{
    last_words(sentence);
    /* SIGABRT, so that the handler that gives the terminal back runs. */
    abort();
}

void die_no_memory(void)
{
    last_words("there is no memory left.");
    /* Nothing is flushed: that could allocate. */
    _exit(NO_MEMORY_STATUS);
}

#define OWN_PAGES (1 << 20)
#define HEAP_KEPT (16 << 20)

void alloc_setup(void)
{
    mallopt(M_MMAP_THRESHOLD, OWN_PAGES);
    mallopt(M_TRIM_THRESHOLD, HEAP_KEPT);
    /* What is freed is joined with its neighbours then and there: kept aside, thousands of pieces
     * of a page would be joined in one go, just when a key is pressed. */
    mallopt(M_MXFAST, 0);
}

static void *checked(void *memory)
{
    if (memory == NULL) {
        die_no_memory();
    }
    return memory;
}

void *xmalloc(size_t size)
{
    return checked(malloc(size > 0 ? size : 1));
}

void *xcalloc(size_t count, size_t size)
{
    if (count == 0 || size == 0) {
        count = 1;
        size = 1;
    }
    return checked(calloc(count, size));
}

void *xreallocarray(void *old, size_t count, size_t size)
{
    if (count == 0 || size == 0) {
        /* realloc(p, 0) may or may not free: never ask. */
        count = 1;
        size = 1;
    }
    return checked(reallocarray(old, count, size));
}

char *xstrdup(const char *text)
{
    return checked(strdup(text));
}

char *xstrndup(const char *text, size_t len)
{
    return checked(strndup(text, len));
}

char *xvasprintf(const char *format, va_list args)
{
    char *text = NULL;

    if (vasprintf(&text, format, args) < 0) {
        text = NULL;
    }
    return checked(text);
}

char *xasprintf(const char *format, ...)
{
    va_list args;
    char *text;

    va_start(args, format);
    text = xvasprintf(format, args);
    va_end(args);
    return text;
}

void xreplace(char **slot, const char *text)
{
    char *copy = xstrdup(text);

    free(*slot);
    *slot = copy;
}

void *xgrow(void *items, size_t *cap, size_t need, size_t size)
{
    size_t now = *cap;

    if (need <= now) {
        return items;
    }
    if (now < 8) {
        now = 8;
    }
    while (now < need) {
        now = now <= SIZE_MAX / 2 ? now * 2 : need;
    }
    items = xreallocarray(items, now, size);
    *cap = now;
    return items;
}
