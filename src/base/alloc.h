/* Allocation that cannot fail: out of memory ends the program with a sentence, so nobody tests for
 * NULL. */
#ifndef PORTCULLIS_BASE_ALLOC_H
#define PORTCULLIS_BASE_ALLOC_H

#include <stdarg.h>
#include <stddef.h>

/* Ends the program (SIGABRT) with a sentence on stderr. For what must not go on: a mistake of our
 * own. */
_Noreturn void die(const char *sentence);
/* Ends the program with one line on stderr and this status. */
#define NO_MEMORY_STATUS 70
_Noreturn void die_no_memory(void);
/* Both call this first: it gives the terminal back, so that the sentence can be read. NULL:
 * nothing. */
void die_after(void (*fn)(void));

/* For a program that holds a lot, before it allocates: big arrays live in pages of their own, so
 * that growing one moves the pages without a copy, what was never used takes no memory, and freeing
 * a part gives it back; and small ones do not hand the end of the heap back and forth. */
void alloc_setup(void);

/* All of these give memory: the caller frees it with free(). A size of 0 gives a unique, freeable
 * pointer. */
void *xmalloc(size_t size);
void *xcalloc(size_t count, size_t size);
void *xreallocarray(void *old, size_t count, size_t size);
char *xstrdup(const char *text);
char *xstrndup(const char *text, size_t len);
char *xasprintf(const char *format, ...) __attribute__((format(printf, 1, 2)));
char *xvasprintf(const char *format, va_list args) __attribute__((format(printf, 1, 0)));
/* Puts a copy of text where *slot is and frees what was there, of which text may be a part. */
void xreplace(char **slot, const char *text);

/* Grows an array to hold at least `need` items of `size` bytes, doubling. *cap is in items. */
void *xgrow(void *items, size_t *cap, size_t need, size_t size);

#endif
