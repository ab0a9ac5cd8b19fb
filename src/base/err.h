/* What went wrong: a kind to act on and a whole sentence to show. Knows nothing of where it is
 * shown. */
#ifndef PORTCULLIS_BASE_ERR_H
#define PORTCULLIS_BASE_ERR_H

#include <stdarg.h>
#include <stdbool.h>

enum err_kind {
    ERR_NONE,
    ERR_INVALID,    /* bad input from the operator; nothing was sent */
    ERR_NETWORK,    /* no connection, a cut reply, TLS, a redirect, not JSON */
    ERR_TIMEOUT,    /* a deadline passed */
    ERR_AUTH,       /* 401: the key is unknown, expired or deleted */
    ERR_NO_KEY,     /* no usable key: none stored, keyring locked, prompt dismissed */
    ERR_FORBIDDEN,  /* 403: scope, kind of key, plan, a switch, or gone */
    ERR_GONE,       /* 403 or 404 on a read by id: gone or not ours */
    ERR_REFUSED,    /* 400 and other 4xx: the server says no to what was sent */
    ERR_CONFLICT,   /* 409 */
    ERR_RATE_LIMIT, /* 429 */
    ERR_SERVER,     /* 5xx after the retries */
    ERR_DECODE,     /* JSON that is not what the API promises */
    ERR_UNKNOWN,    /* sent, and the outcome is not known */
    ERR_CANCELLED,  /* the operator gave up */
    ERR_FILE,       /* a local file could not be read or written, or has the wrong mode */
    ERR_GUARD,      /* one of our own guards refused: not armed, own key, wrong phrase */
    ERR_INTERNAL,
};

/* Who gave the answer that an error is about (api/origin.h tells them apart). */
enum err_source {
    ERR_FROM_NOBODY,  /* no answer: nothing was sent, or nothing whole came back */
    ERR_FROM_API,     /* the API's own: its envelope, or a record that lacks something */
    ERR_FROM_GATEWAY, /* the inference gateway's own, in front of the API */
    ERR_FROM_BETWEEN, /* anything else: a proxy, a firewall, a portal, a page of a dashboard */
};

struct err {
    enum err_kind kind;
    enum err_source source;
    int status;      /* HTTP status, 0 when there was none */
    char code[32];   /* the server's own code ("AB03"), "" when none */
    char scope[80];  /* the scope that is likely missing, "" when none */
    bool check_url;  /* the text ends with the advice to check the base URL (api/errors.h) */
    unsigned said;   /* so much of the text is what was seen; a guess follows. 0: not told apart */
    char field[40];  /* the field of a form that the message is about, "" when none */
    char text[1024]; /* a whole sentence; cleaned for the terminal, never a secret */
};

/* Fills *err (which may be NULL) and returns false, so that `return err_set(...)` reads well. */
bool err_set(struct err *err, enum err_kind kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
bool err_vset(struct err *err, enum err_kind kind, const char *format, va_list args)
    __attribute__((format(printf, 3, 0)));

/* Puts "what: " before the sentence that is there already. */
void err_prefix(struct err *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A stable word for the kind: "network", "auth", ... Lends a constant. */
const char *err_kind_name(enum err_kind kind);

#endif
