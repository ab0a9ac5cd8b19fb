/* What a write names: one workspace, one person, one membership. Each is asked for by itself, so
 * that a write waits for no list. */
#include <stdlib.h>
#include <string.h>

#include "api/client_internal.h"
#include "api/codec.h"
#include "base/alloc.h"
#include "base/buf.h"

#include "base/banned.h"

#define PARAMETER_MAX 2048

/* "name=value" with the value percent-encoded (gives). */
static char *parameter(const char *name, const char *value)
{
    struct buf out;

    buf_init(&out, PARAMETER_MAX);
    buf_addf(&out, "%s=", name);
    endpoint_encode(&out, value);
    return buf_take(&out);
}

/* -- one workspace, one person -- */

struct given_call {
    char *filter; /* NULL: by id */
    struct inventory *inv;
    struct id workspace; /* of a member */
    api_given_fn *fn;
    void *ctx;
    bool (*take)(struct given_call *call, const json_t *row, struct err *err);
};

static void free_given(void *ctx)
{
    struct given_call *call = ctx;

    free(call->filter);
    free(call);
}

static bool take_workspace(struct given_call *call, const json_t *json, struct err *err)
{
    struct workspace_row row;

    if (!workspace_decode(json, call->inv, &row, err)) {
        return false;
    }
    inventory_add_workspace(call->inv, &row);
    return true;
}

static bool take_user(struct given_call *call, const json_t *json, struct err *err)
{
    struct user_row row;

    if (!user_decode(json, call->inv, &row, err)) {
        return false;
    }
    inventory_add_user(call->inv, &row);
    return true;
}

static bool take_member(struct given_call *call, const json_t *json, struct err *err)
{
    struct member_row row;

    if (!member_decode(json, call->inv, call->workspace, &row, err)) {
        return false;
    }
    inventory_add_member(call->inv, &row);
    return true;
}

static void on_given(void *ctx, struct request *request, struct answer *answer)
{
    struct given_call *call = ctx;
    const json_t *rows = json_object_get(answer->root, "data");
    const json_t *total = json_object_get(answer->root, "total");
    struct api_given given = {.err = &answer->err};

    (void)request;
    if (answer->ok && call->filter == NULL) {
        answer->ok = call->take(call, answer->root, &answer->err);
        given.whole = answer->ok;
    } else if (answer->ok) {
        size_t taken = 0;

        for (size_t i = 0; i < json_array_size(rows); i++) {
            taken += call->take(call, json_array_get(rows, i), NULL);
        }
        given.whole = json_is_integer(total) && (json_int_t)taken == json_integer_value(total);
    }
    given.ok = answer->ok;
    call->fn(call->ctx, &given);
}

static api_ticket ask(struct api_client *client, struct request_spec spec, struct given_call given)
{
    struct given_call *call = xcalloc(1, sizeof(*call));

    *call = given;
    spec.kind = KEY_KIND_UNKNOWN;
    spec.filter = call->filter;
    spec.size = call->filter == NULL ? 0 : PAGE_SIZE;
    spec.fn = on_given;
    spec.ctx = call;
    spec.free_ctx = free_given;
    return client_send(client, &spec);
}

api_ticket api_read_workspace(struct api_client *client, struct inventory *inv, const char *id,
                              api_given_fn *fn, void *ctx)
{
    return ask(client, (struct request_spec){.endpoint = ENDPOINT_WORKSPACE, .id = id},
               (struct given_call){.inv = inv, .fn = fn, .ctx = ctx, .take = take_workspace});
}

/* A list is of those in use unless it is asked for the others. One status at a time is what every
 * server takes. */
static char *workspaces_called(const char *name, bool archived)
{
    struct buf out;
    char *named = name == NULL ? NULL : parameter("name", name);

    buf_init(&out, PARAMETER_MAX);
    buf_addf(&out, "%s%s%s", archived ? "status=archived" : "",
             archived && named != NULL ? "&" : "", named == NULL ? "" : named);
    free(named);
    return buf_take(&out);
}

api_ticket api_find_workspace(struct api_client *client, struct inventory *inv, const char *name,
                              bool archived, api_given_fn *fn, void *ctx)
{
    return ask(client, (struct request_spec){.endpoint = ENDPOINT_WORKSPACES},
               (struct given_call){.filter = workspaces_called(name, archived),
                                   .inv = inv,
                                   .fn = fn,
                                   .ctx = ctx,
                                   .take = take_workspace});
}

api_ticket api_read_user(struct api_client *client, struct inventory *inv, const char *id,
                         api_given_fn *fn, void *ctx)
{
    return ask(client, (struct request_spec){.endpoint = ENDPOINT_USER, .id = id},
               (struct given_call){.inv = inv, .fn = fn, .ctx = ctx, .take = take_user});
}

api_ticket api_find_user(struct api_client *client, struct inventory *inv, const char *mail,
                         api_given_fn *fn, void *ctx)
{
    return ask(client, (struct request_spec){.endpoint = ENDPOINT_USERS},
               (struct given_call){.filter = parameter("email", mail),
                                   .inv = inv,
                                   .fn = fn,
                                   .ctx = ctx,
                                   .take = take_user});
}

api_ticket api_find_member(struct api_client *client, struct inventory *inv, const char *workspace,
                           const char *mail, api_given_fn *fn, void *ctx)
{
    return ask(client, (struct request_spec){.endpoint = ENDPOINT_MEMBERS, .id = workspace},
               (struct given_call){.filter = parameter("email", mail),
                                   .inv = inv,
                                   .workspace = inventory_id(inv, workspace),
                                   .fn = fn,
                                   .ctx = ctx,
                                   .take = take_member});
}
