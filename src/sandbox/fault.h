/* Faults before or after the work is done, chosen on the command line:
 * METHOD:PATH-PREFIX:KIND[=VALUE][:COUNT]. Faults of single bytes are made by a proxy in the tests;
 * a correct server cannot send them. */
#ifndef PORTCULLIS_SANDBOX_FAULT_H
#define PORTCULLIS_SANDBOX_FAULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/err.h"

enum fault_kind {
    FAULT_NONE,
    FAULT_STATUS,      /* answers with this status and does nothing */
    FAULT_RETRY_AFTER, /* 429 with Retry-After */
    FAULT_DELAY_MS,    /* waits, then works */
    FAULT_DROP_BEFORE, /* closes the connection, does nothing */
    FAULT_COMMIT_FAIL, /* does the work and cannot store it: 500, nothing is changed */
    FAULT_DROP_AFTER,  /* does the work, then closes the connection without an answer */
};

struct fault {
    char method[8]; /* "*": any */
    char prefix[128];
    enum fault_kind kind;
    int value;
    int left; /* how often; -1: always */
};

#define FAULTS_MAX 16
struct faults {
    struct fault items[FAULTS_MAX];
    size_t count;
};

bool faults_add(struct faults *faults, const char *spec, struct err *err);
/* The fault for this request, counted down; FAULT_NONE when there is none. path is that behind /v1.
 */
struct fault faults_take(struct faults *faults, const char *method, const char *path);
/* Lends the error code that goes with a status; NULL: none does. */
const char *fault_code(int status);
void faults_help(FILE *out);

#endif
