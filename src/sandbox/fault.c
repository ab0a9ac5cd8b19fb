#include "sandbox/fault.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

#include "base/banned.h"

static const struct {
    const char *name;
    enum fault_kind kind;
    bool has_value;
    const char *about;
} KINDS[] = {
    {"status", FAULT_STATUS, true, "answers with this status of 400 to 599, does nothing"},
    {"retry-after", FAULT_RETRY_AFTER, true, "answers 429 with Retry-After: seconds"},
    {"delay-ms", FAULT_DELAY_MS, true, "waits, then works"},
    {"commit-fail", FAULT_COMMIT_FAIL, false,
     "answers 500 because nothing can be stored, changes nothing"},
    {"drop-before", FAULT_DROP_BEFORE, false, "closes the connection, does nothing"},
    {"drop-after", FAULT_DROP_AFTER, false,
     "does the work, closes the connection without an answer"},
};

#define KIND_COUNT (sizeof KINDS / sizeof *KINDS)

static bool number(const char *text, int *out)
{
    char *end;
    long value = strtol(text, &end, 10);
    *out = (int)value;
    return *text != '\0' && *end == '\0' && value >= 0 && value < 1000000;
}

/* As the control plane numbers its errors [DOC]. */
const char *fault_code(int status)
{
    static const struct {
        int status;
        const char *code;
    } CODES[] = {{400, "AB01"}, {401, "AB05"}, {402, "AB09"}, {403, "AB03"},
                 {404, "AB08"}, {409, "AB07"}, {429, "AB06"}, {500, "AB04"}};
    for (size_t i = 0; i < sizeof CODES / sizeof *CODES; i++) {
        if (CODES[i].status == status) {
            return CODES[i].code;
        }
    }
    return NULL;
}

static bool parse_kind(char *text, struct fault *out)
{
    char *value = strchr(text, '=');
    if (value != NULL) {
        *value++ = '\0';
    }
    for (size_t i = 0; i < KIND_COUNT; i++) {
        if (strcmp(text, KINDS[i].name) == 0 && (value != NULL) == KINDS[i].has_value) {
            out->kind = KINDS[i].kind;
            return value == NULL ||
                   (number(value, &out->value) &&
                    (out->kind != FAULT_STATUS || (out->value >= 400 && out->value <= 599)));
        }
    }
    return false;
}

static bool method_fits(const char *method)
{
    static const char *const METHODS[] = {"*", "GET", "POST", "PUT", "DELETE"};
    for (size_t i = 0; i < sizeof METHODS / sizeof *METHODS; i++) {
        if (strcmp(METHODS[i], method) == 0) {
            return true;
        }
    }
    return false;
}

bool faults_add(struct faults *faults, const char *spec, struct err *err)
{
    char *copy = xstrdup(spec);
    char *rest = copy;
    struct fault fault = {.left = -1};
    const char *method = strsep(&rest, ":");
    const char *prefix = strsep(&rest, ":");
    char *kind = strsep(&rest, ":");
    if (faults->count == FAULTS_MAX) {
        free(copy);
        return err_set(err, ERR_INVALID, "--fault can be given %d times at most.", FAULTS_MAX);
    }
    bool ok = kind != NULL && method_fits(method) && prefix[0] == '/' &&
              strlen(prefix) < sizeof fault.prefix && parse_kind(kind, &fault) &&
              (rest == NULL || number(rest, &fault.left));
    if (ok) {
        snprintf(fault.method, sizeof fault.method, "%s", method);
        snprintf(fault.prefix, sizeof fault.prefix, "%s", prefix);
        faults->items[faults->count++] = fault;
    } else {
        err_set(err, ERR_INVALID,
                "--fault \"%s\" is not METHOD:PATH-PREFIX:KIND[=VALUE][:COUNT]: see --help.", spec);
    }
    free(copy);
    return ok;
}

struct fault faults_take(struct faults *faults, const char *method, const char *path)
{
    for (size_t i = 0; i < faults->count; i++) {
        struct fault *fault = &faults->items[i];
        if (fault->left != 0 &&
            (strcmp(fault->method, "*") == 0 || strcmp(fault->method, method) == 0) &&
            strncmp(path, fault->prefix, strlen(fault->prefix)) == 0) {
            fault->left -= fault->left > 0;
            return *fault;
        }
    }
    return (struct fault){.kind = FAULT_NONE};
}

void faults_help(FILE *out)
{
    for (size_t i = 0; i < KIND_COUNT; i++) {
        fprintf(out, "  %s%s  (%s)\n", KINDS[i].name, KINDS[i].has_value ? "=N" : "",
                KINDS[i].about);
    }
}
