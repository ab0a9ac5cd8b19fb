/* A journal in a folder of its own, for each test one. */
#ifndef PORTCULLIS_TESTS_APP_JOURNAL_RIG_H
#define PORTCULLIS_TESTS_APP_JOURNAL_RIG_H

#include <stddef.h>

#include "app/journal.h"

struct journal_rig {
    char folder[64];
    char *path;
    struct clock clock;
    struct journal *journal;
};

/* cmocka's: *state gets the rig. */
int journal_rig_setup(void **state);
int journal_rig_teardown(void **state);

/* The revocation of one key. */
extern const struct journal_intent journal_rig_revocation;
/* Writes it and its outcome. */
void journal_rig_pair(struct journal_rig *rig, const char *result);
struct journal_report journal_rig_report(struct journal_rig *rig);
/* The bytes of the file (gives), with a NUL behind them. */
char *journal_rig_slurp(struct journal_rig *rig, size_t *len);
/* Puts these in their place. */
void journal_rig_spill(struct journal_rig *rig, const char *bytes, size_t len);
/* Where journal.head is; its bytes; puts these in their place. The first two give. */
char *journal_rig_head_path(const struct journal_rig *rig);
char *journal_rig_head(const struct journal_rig *rig);
void journal_rig_put_head(const struct journal_rig *rig, const char *bytes);

#endif
