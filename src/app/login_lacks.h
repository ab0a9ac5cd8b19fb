/* What a key that was just tried may not list, of what the console reads. Knows no request: it is
 * told what came of them. */
#ifndef PORTCULLIS_APP_LOGIN_LACKS_H
#define PORTCULLIS_APP_LOGIN_LACKS_H

#include "model/inventory.h"
#include "report/report.h"

#define LOGIN_LACKS_MAX 8

struct login_lacks {
    struct report_missing items[LOGIN_LACKS_MAX + 1]; /* the last has no reason */
    char reasons[LOGIN_LACKS_MAX][200];
    size_t count;
    char words[700]; /* all of it for a person; "" when nothing is missing */
};

/* The list of keys was refused: the key has no scope that lists a kind of them. */
void login_lacks_keys(struct login_lacks *lacks);
/* Some keys were read, with mask that of the key itself. Where it is not among them it is not known
 * what it lacks, and why says so. */
void login_lacks_of(struct login_lacks *lacks, struct inventory *found, const char *mask);
void login_lacks_unknown(struct login_lacks *lacks, const char *why);

#endif
