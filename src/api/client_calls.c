/* The calls that screens and operations make: one request each, and what its answer is turned
 * into. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "api/act_wire.h"
#include "api/client_internal.h"
#include "api/codec.h"
#include "api/json.h"
#include "base/alloc.h"
#include "base/text.h"

#include "base/banned.h"

struct call {
    api_reply_fn *fn;
    void *ctx;
};

/* The masks of the API have stars in them; what stands for a secret may have a bracket. */
static bool is_new_secret(const char *key)
{
    return key != NULL && strpbrk(key, "*[ ") == NULL && secret_is_key(key, strlen(key), NULL);
}

/* Its id is told in any case: something was made. */
static void take_new_key(const struct request *request, const struct answer *answer,
                         struct api_reply *reply)
{
    const char *key = json_get_word(answer->root, "key");

    reply->id = json_get_word(answer->root, "id");
    if (is_new_secret(key)) {
        reply->key = secret_new(key, strlen(key));
        return;
    }
    reply->ok = false;
    request_describe(request, true, &reply->err);
}

/* The reply borrows from the answer; *text is the body anew when a key had to be masked in it. */
static void fill_reply(const struct request *request, const struct answer *answer,
                       struct api_reply *reply, char **text)
{
    *reply = (struct api_reply){
        .ok = answer->ok,
        .err = answer->err,
        .status = answer->result->status,
        .server_date = answer->result->date,
        .cached = answer->cached,
        .body = "",
    };
    if (answer->ok && endpoint_info(request->spec.endpoint)->method == HTTP_POST) {
        take_new_key(request, answer, reply);
    }
    if (!reply->ok) {
        return; /* what is in another shape may hold a key anywhere */
    }
    if (keys_mask(answer->root)) {
        *text = json_write(answer->root, false);
        reply->body = *text;
        reply->body_len = strlen(*text);
    } else {
        reply->body = answer->result->body.data;
        reply->body_len = answer->result->body.len;
    }
}

static void on_answer(void *ctx, struct request *request, struct answer *answer)
{
    const struct call *call = ctx;
    struct api_reply reply;
    char *text = NULL;

    fill_reply(request, answer, &reply, &text);
    call->fn(call->ctx, &reply);
    secret_free(reply.key);
    free(text);
}

static api_ticket send(struct api_client *client, struct request_spec spec, api_reply_fn *fn,
                       void *ctx)
{
    struct call *call = xcalloc(1, sizeof(*call));

    *call = (struct call){fn, ctx};
    spec.fn = on_answer;
    spec.ctx = call;
    spec.free_ctx = free;
    return client_send(client, &spec);
}

api_ticket api_probe(struct api_client *client, api_reply_fn *fn, void *ctx)
{
    struct request_spec spec = {.endpoint = ENDPOINT_KEYS, .kind = KEY_KIND_UNKNOWN, .size = 1};

    return send(client, spec, fn, ctx);
}

static api_ticket get_by_id(struct api_client *client, enum endpoint endpoint, const char *id,
                            api_reply_fn *fn, void *ctx)
{
    struct request_spec spec = {.endpoint = endpoint, .kind = KEY_KIND_UNKNOWN, .id = id};

    return send(client, spec, fn, ctx);
}

api_ticket api_get_key(struct api_client *client, const char *id, api_reply_fn *fn, void *ctx)
{
    return get_by_id(client, ENDPOINT_KEY, id, fn, ctx);
}

api_ticket api_delete_key(struct api_client *client, const char *id, api_reply_fn *fn, void *ctx)
{
    return get_by_id(client, ENDPOINT_DELETE_KEY, id, fn, ctx);
}

bool api_key_into(struct inventory *inv, const char *json, size_t len, int *row, struct err *err)
{
    json_t *root;
    struct key_row key;
    bool ok;

    json_setup();
    root = json_read(json, len, err);
    if (root == NULL) {
        return false;
    }
    ok = key_decode(root, inv, &key, err);
    json_decref(root);
    if (!ok) {
        return false;
    }
    inventory_add_key(inv, &key);
    *row = inventory_find_key(inv, key.id);
    return true;
}

/* -- create -- */

api_ticket api_create_key(struct api_client *client, enum key_kind kind, const char *body,
                          api_reply_fn *fn, void *ctx)
{
    const struct request_spec spec = {
        .endpoint = endpoint_create(kind), .kind = kind, .body = body};

    return send(client, spec, fn, ctx);
}

/* "/v1" of the base URL and the path behind it. */
static char *whole_path(const struct api_client *client, enum endpoint endpoint, const char *id)
{
    const char *host = strstr(client->base_url, "://");
    const char *base = host == NULL ? NULL : strchr(host + 3, '/');
    char *path = endpoint_path(endpoint, id, NULL);
    char *whole = xasprintf("%s%s", base == NULL ? "" : base, path);

    free(path);
    return whole;
}

char *api_create_path(const struct api_client *client, const struct key_draft *draft)
{
    return whole_path(client, endpoint_create(draft->kind), NULL);
}

char *api_create_body(const struct key_draft *draft, int64_t now)
{
    json_t *json;
    struct buf body;
    char *text;

    json_setup();
    json = draft_encode(draft, now);
    text = json_write(json, true);
    buf_init(&body, 0);
    text_escape_unseen(text, &body);
    free(text);
    json_decref(json);
    return buf_take(&body);
}

char *api_delete_path(const struct api_client *client, const char *id)
{
    return endpoint_id_ok(id) ? whole_path(client, ENDPOINT_DELETE_KEY, id) : xstrdup("");
}

/* -- acts -- */

char *act_path(const struct api_client *client, enum act_id act, const char *id)
{
    return endpoint_id_ok(id) ? whole_path(client, act_wire(act)->endpoint, id) : xstrdup("");
}

api_ticket act_send(struct api_client *client, enum act_id act, enum key_kind kind, const char *id,
                    const char *body, api_reply_fn *fn, void *ctx)
{
    return send(client,
                (struct request_spec){
                    .endpoint = act_wire(act)->endpoint, .kind = kind, .id = id, .body = body},
                fn, ctx);
}

/* -- the newest keys -- */

struct newest {
    int pages;
    bool bad; /* a row was not understood */
    struct inventory *found;
    api_newest_fn *fn;
    void *ctx;
};

static void free_newest(void *ctx)
{
    struct newest *newest = ctx;

    inventory_free(newest->found);
    free(newest);
}

static void take_newest(struct newest *newest, const json_t *rows)
{
    for (size_t i = 0; i < json_array_size(rows); i++) {
        struct key_row row;

        if (key_decode(json_array_get(rows, i), newest->found, &row, NULL)) {
            inventory_add_key(newest->found, &row);
        } else {
            newest->bad = true;
        }
    }
}

static void on_newest(void *ctx, struct request *request, struct answer *answer)
{
    struct newest *newest = ctx;
    const json_t *rows = json_object_get(answer->root, "data");
    size_t before = newest->found->key_count;
    bool last;

    if (answer->ok && !json_is_array(rows)) {
        answer->ok = false;
        err_set(&answer->err, ERR_DECODE, "The list of keys has no rows in it.");
    }
    take_newest(newest, rows);
    /* A server that gives one page again and again has no more either. */
    last = json_array_size(rows) < PAGE_SIZE || newest->found->key_count == before;
    if (answer->ok && !last && (newest->pages == 0 || request->spec.page + 1 < newest->pages)) {
        request_next_page(request, request->spec.page + 1);
        return;
    }
    newest->fn(newest->ctx, &(struct api_newest){.ok = answer->ok,
                                                 .err = &answer->err,
                                                 .found = newest->found,
                                                 .owner = &newest->found,
                                                 .whole = answer->ok && last && !newest->bad});
}

api_ticket api_newest_keys(struct api_client *client, int pages, api_newest_fn *fn, void *ctx)
{
    struct newest *newest = xcalloc(1, sizeof(*newest));

    *newest = (struct newest){.pages = pages, .found = inventory_new(), .fn = fn, .ctx = ctx};
    return client_send(client, &(struct request_spec){.endpoint = ENDPOINT_KEYS,
                                                      .kind = KEY_KIND_UNKNOWN,
                                                      .size = PAGE_SIZE,
                                                      .fn = on_newest,
                                                      .ctx = newest,
                                                      .free_ctx = free_newest});
}

/* -- some keys -- */

struct some {
    struct inventory *found;
    api_keys_fn *fn;
    void *ctx;
};

static void free_some(void *ctx)
{
    struct some *some = ctx;

    inventory_free(some->found);
    free(some);
}

static void on_some(void *ctx, struct request *request, struct answer *answer)
{
    struct some *some = ctx;
    const json_t *rows = json_object_get(answer->root, "data");
    const char *secret = secret_text(request->client->key);
    struct api_keys keys = {
        .ok = answer->ok,
        .err = answer->err,
        .total = -1,
        .cached = answer->cached,
        .server_date = answer->result->date,
        .found = some->found,
        .owner = &some->found,
    };

    if (answer->ok && (!json_get_whole(answer->root, "total", &keys.total) || keys.total < 0)) {
        keys.total = -1;
    }
    for (size_t i = 0; answer->ok && i < json_array_size(rows); i++) {
        struct key_row row;

        if (key_decode(json_array_get(rows, i), some->found, &row, NULL)) {
            inventory_add_key(some->found, &row);
        } else {
            keys.bad_rows++;
        }
    }
    some->found->lists[LIST_KEYS].counted = some->found->key_count;
    some->found->lists[LIST_KEYS].total = keys.bad_rows == 0 ? keys.total : -1;
    if (keys.bad_rows > 0) {
        some->found->lists[LIST_KEYS].progress = PROGRESS_PARTIAL;
    }
    inventory_find_own(some->found, secret, secret);
    some->fn(some->ctx, &keys);
}

/* filter: as it stands in the query (takes); NULL: none. */
static api_ticket some_keys(struct api_client *client, char *filter, api_keys_fn *fn, void *ctx)
{
    struct some *some = xcalloc(1, sizeof(*some));
    api_ticket ticket;

    *some = (struct some){inventory_new(), fn, ctx};
    ticket = client_send(client, &(struct request_spec){.endpoint = ENDPOINT_KEYS,
                                                        .kind = KEY_KIND_UNKNOWN,
                                                        .size = PAGE_SIZE,
                                                        .filter = filter,
                                                        .fn = on_some,
                                                        .ctx = some,
                                                        .free_ctx = free_some});
    free(filter);
    return ticket;
}

api_ticket api_keys_by_ids(struct api_client *client, const char *const *ids, size_t count,
                           api_keys_fn *fn, void *ctx)
{
    struct buf filter;

    assert(count > 0 && count <= PAGE_SIZE);
    buf_init(&filter, 0);
    buf_adds(&filter, "ids=");
    for (size_t i = 0; i < count; i++) {
        buf_adds(&filter, i > 0 ? "," : "");
        endpoint_encode(&filter, ids[i]);
    }
    return some_keys(client, buf_take(&filter), fn, ctx);
}

api_ticket api_keys_page(struct api_client *client, const char *workspace_id, api_keys_fn *fn,
                         void *ctx)
{
    struct buf filter;

    if (workspace_id == NULL) {
        return some_keys(client, NULL, fn, ctx);
    }
    buf_init(&filter, 0);
    buf_adds(&filter, "workspace_id=");
    endpoint_encode(&filter, workspace_id);
    return some_keys(client, buf_take(&filter), fn, ctx);
}
