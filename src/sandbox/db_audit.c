/* The audit log. Its pages are asked for one after the other: a window is gone through once, and
 * the order of its rows is kept until other rows come into it. */
#include "sandbox/db.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "sandbox/db_core.h"

#include "base/banned.h"

#define AT(field) offsetof(struct audit_rec, field)
static const struct column AUDIT_COLUMNS[] = {
    {"seq", COL_SEQ, AT(seq), 0},
    {"time", COL_INT, AT(time), 0},
    {"org", COL_INT, AT(org), 0},
    {"workspace", COL_TEXT, AT(workspace), 0},
    {"actor", COL_TEXT, AT(actor), 0},
    {"actor_type", COL_TEXT, AT(actor_type), 0},
    {"method", COL_TEXT, AT(method), 0},
    {"uri", COL_TEXT, AT(uri), 0},
    {"request_id", COL_TEXT, AT(request_id), 0},
    {"request_body", COL_TEXT, AT(request_body), 0},
    {"status", COL_ENUM, AT(status), 0},
    {"resource_type", COL_TEXT, AT(resource_type), 0},
    {"action", COL_TEXT, AT(action), 0},
    {"client_ip", COL_TEXT, AT(client_ip), 0},
    {"query_params", COL_TEXT, AT(query_params), 0},
    {"request_headers", COL_TEXT, AT(request_headers), 0},
    {"country", COL_TEXT, AT(country), 0},
    {"event", COL_TEXT, AT(event), 0},
};
#undef AT
const struct record_info AUDIT_RECORD = {"audit_log a",
                                         "",
                                         AUDIT_COLUMNS,
                                         sizeof AUDIT_COLUMNS / sizeof *AUDIT_COLUMNS,
                                         sizeof(struct audit_rec),
                                         false};

void audit_rec_done(struct audit_rec *audit)
{
    record_done(&AUDIT_RECORD, audit);
}

/* The texts that narrow a window, in the order of the statement. */
#define TEXTS_MAX 10
static void texts_of(const struct audit_filter *filter, const char *out[TEXTS_MAX])
{
    const char *const texts[TEXTS_MAX] = {
        filter->method,     filter->uri,       filter->request_id,    filter->actor,
        filter->actor_type, filter->workspace, filter->resource_type, filter->action,
        filter->client_ip,  filter->country};
    memcpy(out, texts, sizeof texts);
}

void db_forget_audit(struct db *db)
{
    struct audit_pass *pass = &db->audit;
    for (int i = 0; i < TEXTS_MAX; i++) {
        free(pass->texts[i]);
    }
    free(pass->seqs);
    *pass = (struct audit_pass){0};
}

static bool is_held(const struct audit_pass *pass, const struct audit_filter *filter,
                    const char *const texts[TEXTS_MAX])
{
    bool held = pass->org == filter->org && pass->from == filter->from && pass->to == filter->to &&
                pass->status == filter->status;
    for (int i = 0; held && i < TEXTS_MAX; i++) {
        held = texts[i] == NULL || pass->texts[i] == NULL ? texts[i] == pass->texts[i]
                                                          : strcmp(texts[i], pass->texts[i]) == 0;
    }
    return held;
}

static void pass_audit(struct db *db, const struct audit_filter *filter)
{
    struct audit_pass *pass = &db->audit;
    const char *texts[TEXTS_MAX];
    texts_of(filter, texts);
    if (is_held(pass, filter, texts)) {
        return;
    }
    db_forget_audit(db);
    pass->org = filter->org;
    pass->from = filter->from;
    pass->to = filter->to;
    pass->status = filter->status;
    for (int i = 0; i < TEXTS_MAX; i++) {
        pass->texts[i] = texts[i] == NULL ? NULL : xstrdup(texts[i]);
    }
    pass->seqs = db_numbers(db, SQL_LIST_AUDIT, &pass->count, "iiiitttttttttt", filter->org,
                            filter->from, filter->to, filter->status, texts[0], texts[1], texts[2],
                            texts[3], texts[4], texts[5], texts[6], texts[7], texts[8], texts[9]);
}

size_t db_list_audit(struct db *db, const struct audit_filter *filter, int64_t offset, size_t limit,
                     int64_t *out, int64_t *total)
{
    const struct audit_pass *pass = &db->audit;
    size_t count = 0;
    pass_audit(db, filter);
    for (size_t i = (size_t)offset; i < pass->count && count < limit; i++) {
        out[count++] = pass->seqs[i];
    }
    *total = (int64_t)pass->count;
    return count;
}

bool db_audit_by_seq(struct db *db, int64_t seq, struct audit_rec *out)
{
    return db_one(db, SQL_AUDIT_SEQ, out, "i", seq);
}

void db_add_audit(struct db *db, const struct audit_rec *audit)
{
    struct audit_pass *pass = &db->audit;
    if (pass->org == audit->org && pass->from <= audit->time && audit->time <= pass->to) {
        db_forget_audit(db);
    }
    db_add(db, SQL_ADD_AUDIT, audit);
}
