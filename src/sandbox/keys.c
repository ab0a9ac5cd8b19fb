#include "sandbox/keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "model/scope.h"
#include "sandbox/audit.h"
#include "sandbox/input.h"
#include "sandbox/key_input.h"
#include "sandbox/made.h"
#include "sandbox/rotation.h"
#include "sandbox/target.h"
#include "sandbox/usage.h"

#include "base/banned.h"

#define PAGE_MAX 100

/* -- reads -- */

static int newest_first(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a;
    int64_t y = *(const int64_t *)b;
    return x < y ? 1 : x > y ? -1 : 0;
}

/* Reads ?ids=a,b (BE 1.16.2) into the filter; unknown ids are no rows. The caller frees only. */
static void filter_ids(const struct request *request, const char *ids, struct key_filter *filter)
{
    size_t cap = 0;
    int64_t *seqs = NULL;
    char *copy = xstrdup(ids);
    char *rest = copy;
    filter->by_only = true;
    for (char *id = strsep(&rest, ","); id != NULL; id = strsep(&rest, ",")) {
        struct key_rec key;
        if (db_find_key(request->sandbox->db, request->caller.org, id, &key)) {
            seqs = xgrow(seqs, &cap, filter->only_count + 1, sizeof *seqs);
            seqs[filter->only_count++] = key.seq;
            key_rec_done(&key);
        }
    }
    free(copy);
    if (seqs != NULL) {
        qsort(seqs, filter->only_count, sizeof *seqs, newest_first);
    }
    filter->only = seqs;
}

/* What this caller may see, narrowed by the query. False when the answer is an error already. */
static bool list_filter(struct request *request, struct key_filter *filter, struct reply *reply)
{
    const char *workspace = request_parameter(request, "workspace_id");
    const char *ids = request_parameter(request, "ids");
    *filter =
        (struct key_filter){.org = request->caller.org, .workspace = request->caller.workspace};
    for (int kind = 0; kind < KEY_KIND_COUNT; kind++) {
        filter->kinds |= caller_may(request, (enum key_kind)kind) ? 1u << kind : 0;
    }
    if (workspace != NULL && *workspace != '\0') {
        struct workspace_rec ws;
        if (!find_workspace_for(request, workspace, true, &ws)) {
            reply_forbidden(reply);
            return false;
        }
        filter->workspace = ws.seq;
        workspace_rec_done(&ws);
    }
    if (ids != NULL && *ids != '\0' && !request->sandbox->quirks.ids_ignored) {
        filter_ids(request, ids, filter);
    }
    return true;
}

/* The row as it is kept, or made anew. */
static void add_row(const struct request *request, int64_t seq, struct buf *out)
{
    struct texts *kept = db_key_texts(request->sandbox->db);
    struct key_rec key;
    size_t len;
    const char *text = texts_find(kept, seq, request->now, &len);
    if (text != NULL) {
        buf_add(out, text, len);
    } else if (db_key_by_seq(request->sandbox->db, seq, &key)) {
        size_t start = out->len;
        key_text(request, &key, KEY_ROW, out);
        texts_keep(kept, seq, key_text_until(request, &key), out->data + start, out->len - start);
        key_rec_done(&key);
    }
}

void handle_list_keys(struct request *request, struct reply *reply)
{
    struct paging paging;
    int64_t seqs[PAGE_MAX];
    struct key_filter filter;
    struct buf list;
    int64_t total = 0;
    if (!request_paging(request, "page_size", "current_page", &paging, reply) ||
        !list_filter(request, &filter, reply)) {
        return;
    }
    size_t count =
        db_list_keys(request->sandbox->db, &filter, paging.offset, paging.limit, seqs, &total);
    buf_init(&list, 0);
    buf_reserve(&list, count * 1400);
    list_text_start(&list, total);
    for (size_t i = 0; i < count; i++) {
        list_text_next(&list, i);
        add_row(request, seqs[i], &list);
    }
    list_text_end(&list);
    free(filter.only);
    reply_text(reply, &list);
    buf_done(&list);
}

void handle_get_key(struct request *request, struct reply *reply)
{
    const struct key_rec *key = &request->target.key;
    struct buf text;
    if (!find_target(request, reply)) {
        return;
    }
    buf_init(&text, 0);
    key_text(request, key, KEY_OBJECT, &text);
    reply_text(reply, &text);
    buf_done(&text);
}

/* -- writes -- */

/* The workspace of a create: the caller's own, or that of the body. */
static bool create_workspace(struct request *request, struct key_rec *key, struct reply *reply)
{
    const char *text = json_string_value(json_object_get(request->body, "workspace_id"));
    struct workspace_rec ws;
    if (text == NULL && request->caller.workspace != 0) {
        key->workspace = request->caller.workspace;
        return true;
    }
    /* Bodies take slugs too, whatever paths do (tf 5aa56d8). */
    if (!find_workspace_for(request, text, true, &ws)) {
        reply_forbidden(reply);
        return false;
    }
    key->workspace = ws.seq;
    snprintf(request->workspace_id, sizeof request->workspace_id, "%s", ws.id);
    workspace_rec_done(&ws);
    return true;
}

static bool create_owner(struct request *request, struct key_rec *key, struct reply *reply)
{
    const char *text = json_string_value(json_object_get(request->body, "user_id"));
    struct user_rec user;
    if (!db_find_user(request->sandbox->db, request->caller.org, text, &user)) {
        reply_invalid(reply, "user_id is not a user of this organisation");
        return false;
    }
    char *role = db_member_role(request->sandbox->db, key->workspace, user.seq);
    key->user = user.seq;
    user_rec_done(&user);
    if (role == NULL) {
        reply_invalid(reply, "user_id is not a member of this workspace");
        return false;
    }
    free(role);
    return true;
}

/* The ids of the body, before anything is looked up. */
static bool create_ids(const struct request *request, enum key_kind kind, struct reply *reply)
{
    const json_t *workspace = json_object_get(request->body, "workspace_id");
    const json_t *user = json_object_get(request->body, "user_id");
    if (kind == KEY_ORGANISATION_SERVICE) {
        return true;
    }
    if (workspace != NULL && !json_is_null(workspace) && !json_is_string(workspace)) {
        reply_invalid(reply, "workspace_id must be a string");
        return false;
    }
    if (!json_is_string(workspace) && request->caller.workspace == 0) {
        reply_invalid(reply, "workspace_id is required");
        return false;
    }
    if (kind == KEY_WORKSPACE_USER && !json_is_string(user)) {
        reply_invalid(reply, "user_id is required for user keys");
        return false;
    }
    return true;
}

static void create(struct request *request, struct reply *reply, enum key_kind kind)
{
    struct db *db = request->sandbox->db;
    struct key_rec key = {.org = request->caller.org, .kind = kind, .secrets = 1};
    key.created_at = key.updated_at = request->now;
    key.expires_at = key.last_reset_at = key.old_until = TIME_NONE;
    bool reset;
    char secret[DERIVED_SECRET_SIZE];
    if (key_input(request, false, &key, &reset, reply) && create_ids(request, kind, reply) &&
        input_metadata_fits(request, key.defaults, reply) &&
        (kind == KEY_ORGANISATION_SERVICE || create_workspace(request, &key, reply)) &&
        (kind != KEY_WORKSPACE_USER || create_owner(request, &key, reply))) {
        char id[UUID_SIZE];
        key.seq = db_next_key_seq(db);
        made_id(request->sandbox, "key", key.seq, id);
        key.id = xstrdup(id);
        key.creation_mode = xstrdup("api");
        key.created_by = xstrdup(request_actor(request));
        key.updated_by = xstrdup(request_actor(request));
        made_secret(request->sandbox, &key, secret);
        db_add_key(db, &key);
        reply_json(reply, json_pack("{s:s,s:s,s:s}", "id", id, "key", secret, "object", "api-key"));
    }
    key_rec_done(&key);
}

void handle_create_org_service(struct request *request, struct reply *reply)
{
    create(request, reply, KEY_ORGANISATION_SERVICE);
}

void handle_create_org_user(struct request *request, struct reply *reply)
{
    (void)request;
    /* Legal in the path, not in the type [INF]. */
    reply_invalid(reply, "organisation-user keys do not exist");
}

void handle_create_ws_service(struct request *request, struct reply *reply)
{
    create(request, reply, KEY_WORKSPACE_SERVICE);
}

void handle_create_ws_user(struct request *request, struct reply *reply)
{
    create(request, reply, KEY_WORKSPACE_USER);
}

/* When it was changed, and by whom. */
static void touch(const struct request *request, struct key_rec *key)
{
    key->updated_at = request->now;
    xreplace(&key->updated_by, request_actor(request));
}

void handle_update_key(struct request *request, struct reply *reply)
{
    struct key_rec *key = &request->target.key;
    bool reset;
    if (!key_input_precheck(request, reply) || !find_target(request, reply)) {
        return;
    }
    if (!key_input(request, true, key, &reset, reply) ||
        !input_metadata_fits(request, key->defaults, reply)) {
        return;
    }
    if (reset) {
        usage_reset(key, request->now);
    }
    touch(request, key);
    db_update_key(request->sandbox->db, key);
    reply_json(reply, json_object());
}

void handle_delete_key(struct request *request, struct reply *reply)
{
    if (find_target(request, reply)) {
        db_delete_key(request->sandbox->db, request->target.key.seq);
        reply_json(reply, json_object());
    }
}

/* At most two secrets live: 409, or 400 by quirk. */
static bool still_in_transition(const struct request *request, const struct key_rec *key,
                                struct reply *reply)
{
    if (!key->has_old_hash || key->old_until <= request->now) {
        return false;
    }
    if (request->sandbox->quirks.in_transition_400) {
        reply_invalid(reply, "a previous version of this key is still in transition");
    } else {
        reply_error(reply, 409, "AB07", "A previous version of this key is still in transition");
    }
    return true;
}

void handle_rotate_key(struct request *request, struct reply *reply)
{
    struct key_rec *key = &request->target.key;
    int64_t transition;
    char secret[DERIVED_SECRET_SIZE];
    if (!key_input_transition(request, NULL, &transition, reply) || !find_target(request, reply) ||
        !key_input_transition(request, key, &transition, reply) ||
        still_in_transition(request, key, reply)) {
        return;
    }
    char *old_mask = xstrdup(key->mask);
    rotation_turn(request->sandbox, key, request->now, transition, secret);
    touch(request, key);
    db_update_key(request->sandbox->db, key);
    request->event = audit_rotation(key, "manual", old_mask);
    free(old_mask);
    reply_json(reply, json_pack("{s:s,s:s,s:o}", "id", key->id, "key", secret,
                                "key_transition_expires_at", time_json(key->old_until)));
}
