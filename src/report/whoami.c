/* The operator's own key, and what it lacks for which act. */
#include <string.h>

#include "base/clock.h"
#include "model/access.h"
#include "model/endpoint_scopes.h"
#include "model/field.h"
#include "report/json.h"
#include "report/report.h"

#include "base/banned.h"

/* What the program does, and what of the API that uses. ENDPOINT_COUNT: an endpoint a kind. */
static const struct use {
    const char *act;
    enum endpoint endpoint;
    bool of_keys;
} USES[] = {
    {"workspaces", ENDPOINT_WORKSPACES, false},
    {"members", ENDPOINT_USERS, false},
    {"members --workspace", ENDPOINT_MEMBERS, false},
    {"keys", ENDPOINT_KEYS, true},
    {"key", ENDPOINT_KEY, true},
    {"create-key", ENDPOINT_COUNT, true},
    {"revoke-key", ENDPOINT_DELETE_KEY, true},
};

typedef void lack_fn(void *ctx, const char *act, const char *scope);

/* A key of a workspace can never hold what is for the organisation: it is not told to get that. */
static void each_lack(const struct inventory *inv, lack_fn *fn, void *ctx)
{
    struct scope_set legal = scope_set_legal((enum key_kind)inv->keys[inv->own_key].kind);

    for (size_t i = 0; i < sizeof USES / sizeof USES[0]; i++) {
        for (int kind = 0; kind < (USES[i].of_keys ? KEY_KIND_COUNT : 1); kind++) {
            enum endpoint endpoint = USES[i].endpoint == ENDPOINT_COUNT
                                         ? endpoint_create((enum key_kind)kind)
                                         : USES[i].endpoint;
            const char *missing = NULL;

            if (access_may(inv, endpoint, (enum key_kind)kind, &missing) == ANSWER_NO &&
                scope_set_has_name(&legal, missing)) {
                fn(ctx, USES[i].act, missing);
            }
        }
    }
}

static void lack_json(void *ctx, const char *act, const char *scope)
{
    json_array_append_new(ctx, json_pack("{s:s,s:s}", "act", act, "scope", scope));
}

static void lack_words(void *ctx, const char *act, const char *scope)
{
    struct buf *out = ctx;

    buf_addf(out, "%s%s (%s)", out->len > 0 ? ", " : "", scope, act);
}

static json_t *scopes_json(const struct inventory *inv)
{
    const struct key_row *own = &inv->keys[inv->own_key];
    json_t *scopes;

    if ((own->unread & UNREAD_SCOPES) != 0) {
        return json_null();
    }
    scopes = json_array();
    for (int i = 0; i < SCOPE_COUNT; i++) {
        if (scope_set_has(&own->scopes, i)) {
            json_array_append_new(scopes, json_string(scope_info(i)->name));
        }
    }
    return scopes;
}

/* A time as it was understood, null where there is none or where it was not understood: of the
 * latter "unread" tells. */
static json_t *time_json(int64_t time)
{
    char text[TIME_TEXT_SIZE];

    if (time == TIME_NONE || time == TIME_UNREAD) {
        return json_null();
    }
    time_format(time, text);
    return json_string(text);
}

static void own_json(FILE *out, const struct inventory *inv, const char *mask)
{
    json_t *object = json_pack("{s:s}", "key", mask);

    if (inv != NULL && inv->own_key >= 0) {
        const struct key_row *own = &inv->keys[inv->own_key];
        json_t *missing = json_array();

        each_lack(inv, lack_json, missing);
        json_object_set_new(object, "id", report_json_id(inv, own->id));
        json_object_set_new(object, "name", report_json_text(inv, own->name));
        json_object_set_new(object, "type",
                            own->kind == KEY_KIND_UNKNOWN
                                ? json_null()
                                : json_string(key_kind_name((enum key_kind)own->kind)));
        json_object_set_new(object, "workspace_id", report_json_id(inv, own->workspace_id));
        json_object_set_new(object, "organisation_id", report_json_id(inv, inv->organisation_id));
        json_object_set_new(object, "created_at", time_json(own->created_at));
        json_object_set_new(object, "expires_at", time_json(own->expires_at));
        json_object_set_new(object, "scopes", scopes_json(inv));
        json_object_set_new(object, "missing", missing);
    } else {
        json_object_set_new(object, "id", json_null());
    }
    report_json_write(out, object, JSON_INDENT(2));
    fputc('\n', out);
}

/* What the table of keys says of it, and what it lacks. */
static bool own_facts(FILE *out, struct inventory *inv, const char *mask,
                      const struct report_options *options, struct err *err)
{
    static const char *const NAMES[] = {"id",      "name",     "type",   "workspace", "created",
                                        "expires", "rotation", "scopes", "risk"};
    enum { COUNT = sizeof NAMES / sizeof NAMES[0] };
    struct field_context ctx = {.inv = inv, .now = options->now, .plain = true};
    struct report_fact facts[COUNT + 2] = {{"key", mask}};
    struct buf texts[COUNT], missing;
    size_t count, filled = 1;
    const struct field *fields = field_table(LIST_KEYS, &count);

    buf_init(&missing, 0);
    for (size_t i = 0; i < COUNT; i++) {
        buf_init(&texts[i], 0);
        for (size_t j = 0; j < count && inv->own_key >= 0; j++) {
            if (strcmp(fields[j].key, NAMES[i]) == 0) {
                fields[j].text(&ctx, (size_t)inv->own_key, &texts[i]);
                facts[filled++] =
                    (struct report_fact){NAMES[i], texts[i].len > 0 ? texts[i].data : NULL};
            }
        }
    }
    if (inv->own_key >= 0) {
        each_lack(inv, lack_words, &missing);
        facts[filled++] = (struct report_fact){"missing", missing.len > 0 ? missing.data : NULL};
    }
    bool ok = report_facts(out, facts, filled, options, err);
    for (size_t i = 0; i < COUNT; i++) {
        buf_done(&texts[i]);
    }
    buf_done(&missing);
    return ok;
}

bool report_whoami(FILE *out, struct inventory *inv, const char *mask,
                   const struct report_options *options, struct err *err)
{
    if (options->format == REPORT_JSON) {
        own_json(out, inv, mask);
        return report_flush(out, err);
    }
    return own_facts(out, inv, mask, options, err);
}
