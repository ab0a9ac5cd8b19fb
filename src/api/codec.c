#include "api/codec.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/json.h"
#include "base/alloc.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/secret.h"
#include "base/text.h"
#include "model/mask.h"

#include "base/banned.h"

#define ID_BYTES_MAX 200

struct text_pair codec_text(struct inventory *inv, const json_t *json, const char *name)
{
    size_t len = 0;
    const char *text = json_get_text(json, name, &len);

    return inventory_text(inv, text, len);
}

str_ref codec_word(struct inventory *inv, const json_t *json, const char *name)
{
    size_t len = 0;
    const char *text = json_get_text(json, name, &len);
    struct buf clean;
    str_ref ref;

    if (text == NULL) {
        return STR_NONE;
    }
    buf_init(&clean, 0);
    text_clean(text, len, &clean);
    ref = arena_intern(&inv->arena, clean.data, clean.len);
    buf_done(&clean);
    return ref;
}

/* Ids go into paths and onto screens as they are, so one with blanks or controls in it is no id. */
static bool id_is_sane(const char *text)
{
    size_t len = strlen(text);

    for (size_t i = 0; i < len; i++) {
        if (text[i] < 0x21 || text[i] > 0x7e) {
            return false;
        }
    }
    return len > 0 && len <= ID_BYTES_MAX;
}

struct id codec_id(struct inventory *inv, const json_t *json, const char *name)
{
    const char *text = json_get_word(json, name);
    char digits[32];
    int64_t number;

    if (text == NULL && json_is_number(json_object_get(json, name)) &&
        json_get_whole(json, name, &number)) {
        snprintf(digits, sizeof(digits), "%lld", (long long)number);
        text = digits;
    }
    return text != NULL && id_is_sane(text) ? inventory_id(inv, text) : (struct id){0, 0};
}

/* -- what was not understood -- */

void codec_odd(struct codec_odd *odd, const char *name, enum unread bit)
{
    json_t *value = json_object_get(odd->json, name);

    odd->bits |= bit;
    if (value != NULL) {
        odd->sent = odd->sent != NULL ? odd->sent : json_object();
        json_object_set(odd->sent, name, value);
    }
}

struct text_pair codec_odd_end(struct codec_odd *odd, struct inventory *inv)
{
    struct text_pair pair = {STR_NONE, STR_NONE};

    if (odd->sent != NULL) {
        pair = codec_json(inv, odd->sent);
        json_decref(odd->sent);
        odd->sent = NULL;
    }
    return pair;
}

bool codec_there(const json_t *json, const char *name)
{
    const json_t *value = json_object_get(json, name);

    return value != NULL && !json_is_null(value);
}

static void string_or_odd(struct codec_odd *odd, const char *name, enum unread bit)
{
    if (codec_there(odd->json, name) && !json_is_string(json_object_get(odd->json, name))) {
        codec_odd(odd, name, bit);
    }
}

struct text_pair codec_text_or(struct codec_odd *odd, struct inventory *inv, const char *name,
                               enum unread bit)
{
    string_or_odd(odd, name, bit);
    return codec_text(inv, odd->json, name);
}

str_ref codec_word_or(struct codec_odd *odd, struct inventory *inv, const char *name,
                      enum unread bit)
{
    string_or_odd(odd, name, bit);
    return codec_word(inv, odd->json, name);
}

struct id codec_id_or(struct codec_odd *odd, struct inventory *inv, const char *name,
                      enum unread bit)
{
    struct id id = codec_id(inv, odd->json, name);

    if (id_is_none(id) && codec_there(odd->json, name)) {
        codec_odd(odd, name, bit);
    }
    return id;
}

/* "2026-05-03T17:08:55": the parser asks for a zone behind a T. */
static bool parse_without_zone(const char *text, int64_t *out)
{
    char with[TIME_TEXT_SIZE * 2];

    return strlen(text) < TIME_TEXT_SIZE &&
           snprintf(with, sizeof(with), "%sZ", text) < (int)sizeof(with) && time_parse(with, out);
}

int64_t codec_time(const json_t *json, const char *name)
{
    const char *text = json_get_word(json, name);
    int64_t ms;

    if (!codec_there(json, name)) {
        return TIME_NONE;
    }
    return text != NULL && (time_parse(text, &ms) || parse_without_zone(text, &ms)) ? ms
                                                                                    : TIME_UNREAD;
}

int64_t codec_time_or(struct codec_odd *odd, const char *name, enum unread bit)
{
    int64_t ms = codec_time(odd->json, name);

    if (ms == TIME_UNREAD) {
        codec_odd(odd, name, bit);
    }
    return ms;
}

struct text_pair codec_json(struct inventory *inv, const json_t *value)
{
    char *text = json_write(value, false);
    struct text_pair pair = inventory_text(inv, text, strlen(text));

    free(text);
    return pair;
}

/* -- workspaces -- */

static void decode_switches(struct codec_odd *odd, struct workspace_row *row)
{
    const json_t *settings = json_object_get(odd->json, "security_settings");

    if (codec_there(odd->json, "security_settings") && !json_is_object(settings)) {
        codec_odd(odd, "security_settings", UNREAD_SWITCHES);
    }
    for (int i = 0; i < SWITCH_COUNT; i++) {
        const char *name = switch_info(i)->name;
        int flag = json_get_flag(settings, name);

        if (flag >= 0) {
            row->switches_known |= UINT64_C(1) << i;
            row->switches_on |= (uint64_t)flag << i;
        } else if (codec_there(settings, name)) {
            codec_odd(odd, "security_settings", UNREAD_SWITCHES);
        }
    }
}

static struct text_pair decode_limits(struct inventory *inv, const json_t *json)
{
    json_t *both = json_object();
    struct text_pair pair;

    json_object_set(both, "usage_limits", json_object_get(json, "usage_limits"));
    json_object_set(both, "rate_limits", json_object_get(json, "rate_limits"));
    pair = codec_json(inv, both);
    json_decref(both);
    return pair;
}

/* What has no place in the row: defaults, and what we do not know. */
static struct text_pair decode_rest(struct inventory *inv, const json_t *json)
{
    static const char *const KNOWN[] = {
        "id",
        "slug",
        "name",
        "icon",
        "description",
        "created_at",
        "is_default",
        "scim_source_id",
        "rate_limits",
        "last_updated_at",
        "status",
        "usage_limits",
        "object",
        "settings",
        "organisation_id",
        "users",
        "created_by",
        "last_reset_at",
        "security_settings",
    };
    struct text_pair pair = {STR_NONE, STR_NONE};
    json_t *rest = json_deep_copy(json);

    for (size_t i = 0; i < sizeof(KNOWN) / sizeof(KNOWN[0]); i++) {
        json_object_del(rest, KNOWN[i]);
    }
    if (json_is_null(json_object_get(rest, "defaults"))) {
        json_object_del(rest, "defaults");
    }
    if (json_object_size(rest) > 0) {
        pair = codec_json(inv, rest);
    }
    json_decref(rest);
    return pair;
}

static void decode_workspace_limits(struct codec_odd *odd, struct inventory *inv,
                                    struct workspace_row *row)
{
    row->has_usage_limits = json_has_value(odd->json, "usage_limits");
    row->has_rate_limits = json_has_value(odd->json, "rate_limits");
    if (row->has_usage_limits || row->has_rate_limits) {
        row->limits = decode_limits(inv, odd->json);
        row->extra = codec_limits(odd, inv);
    }
}

bool workspace_decode(const json_t *json, struct inventory *inv, struct workspace_row *out,
                      struct err *err)
{
    struct workspace_row row = {.id = codec_id(inv, json, "id")};
    struct codec_odd odd = {.json = json};
    const char *status;

    if (id_is_none(row.id)) {
        return err_set(err, ERR_DECODE, "A workspace has no usable id.");
    }
    row.slug = codec_word_or(&odd, inv, "slug", UNREAD_SLUG);
    row.name = codec_text_or(&odd, inv, "name", UNREAD_NAME);
    row.icon = codec_text(inv, json, "icon");
    row.description = codec_text_or(&odd, inv, "description", UNREAD_DESCRIPTION);
    row.status = codec_word_or(&odd, inv, "status", UNREAD_STATUS);
    row.scim_source = codec_word_or(&odd, inv, "scim_source_id", UNREAD_SCIM);
    row.created_at = codec_time_or(&odd, "created_at", UNREAD_CREATED);
    row.updated_at = codec_time_or(&odd, "last_updated_at", UNREAD_UPDATED);
    row.is_default = json_get_flag(json, "is_default") == 1;
    if (codec_there(json, "is_default") && json_get_flag(json, "is_default") < 0) {
        codec_odd(&odd, "is_default", UNREAD_DEFAULT);
    }
    decode_workspace_limits(&odd, inv, &row);
    status = row.status == STR_NONE ? "active" : arena_text(&inv->arena, row.status);
    row.archived = strcmp(status, "archived") == 0;
    if (!row.archived && strcmp(status, "active") != 0) {
        codec_odd(&odd, "status", UNREAD_STATUS);
    }
    row.rest = decode_rest(inv, json);
    decode_switches(&odd, &row);
    row.unread = odd.bits;
    row.as_sent = codec_odd_end(&odd, inv);
    if (id_is_none(inv->organisation_id)) {
        inv->organisation_id = codec_id(inv, json, "organisation_id");
    }
    *out = row;
    return true;
}

/* -- people -- */

static uint8_t decode_org_role(const json_t *json, const char *name)
{
    const char *text = json_get_word(json, name);

    return (uint8_t)(text == NULL ? ORG_ROLE_OTHER : org_role_parse(text));
}

/* What a user is known to have. */
static const char *const USER_KNOWN[] = {"object", "id",    "first_name", "last_name",
                                         "role",   "email", "created_at", "last_updated_at",
                                         NULL};

bool user_decode(const json_t *json, struct inventory *inv, struct user_row *out, struct err *err)
{
    struct user_row row = {.id = codec_id(inv, json, "id"), .role_text = STR_NONE};
    struct codec_odd odd = {.json = json};

    if (id_is_none(row.id)) {
        return err_set(err, ERR_DECODE, "A user has no usable id.");
    }
    row.first_name = codec_text_or(&odd, inv, "first_name", UNREAD_NAME);
    row.last_name = codec_text_or(&odd, inv, "last_name", UNREAD_NAME);
    row.email = codec_text_or(&odd, inv, "email", UNREAD_MAIL);
    row.role = decode_org_role(json, "role");
    if (row.role == ORG_ROLE_OTHER) {
        row.role_text = codec_word(inv, json, "role");
        codec_odd(&odd, "role", UNREAD_ROLE);
    }
    row.created_at = codec_time_or(&odd, "created_at", UNREAD_CREATED);
    row.updated_at = codec_time_or(&odd, "last_updated_at", UNREAD_UPDATED);
    row.unread = odd.bits;
    row.as_sent = codec_odd_end(&odd, inv);
    row.unknown = codec_unknown(inv, json, USER_KNOWN);
    *out = row;
    return true;
}

bool member_decode(const json_t *json, struct inventory *inv, struct id workspace,
                   struct member_row *out, struct err *err)
{
    struct member_row row = {.workspace_id = workspace, .user_id = codec_id(inv, json, "id")};
    struct codec_odd odd = {.json = json};
    const char *role = json_get_word(json, "role");

    if (id_is_none(row.user_id)) {
        /* Older servers leave the id out in places [OBS]; an add request names it like this. */
        row.user_id = codec_id(inv, json, "user_id");
    }
    if (id_is_none(row.user_id)) {
        return err_set(err, ERR_DECODE, "A member has no usable id.");
    }
    row.first_name = codec_text_or(&odd, inv, "first_name", UNREAD_NAME);
    row.last_name = codec_text_or(&odd, inv, "last_name", UNREAD_NAME);
    row.email = codec_text_or(&odd, inv, "email", UNREAD_MAIL);
    row.role = (uint8_t)(role == NULL ? WS_ROLE_OTHER : ws_role_parse(role));
    if (row.role == WS_ROLE_OTHER) {
        row.role_text = codec_word(inv, json, "role");
        codec_odd(&odd, "role", UNREAD_ROLE);
    }
    row.org_role = decode_org_role(json, "org_role");
    if (row.org_role == ORG_ROLE_OTHER && codec_there(json, "org_role")) {
        codec_odd(&odd, "org_role", UNREAD_ORG_ROLE);
    }
    row.status = codec_word_or(&odd, inv, "status", UNREAD_STATUS);
    row.created_at = codec_time_or(&odd, "created_at", UNREAD_CREATED);
    row.unread = odd.bits;
    row.as_sent = codec_odd_end(&odd, inv);
    *out = row;
    return true;
}

/* -- masks -- */

void codec_mask(const char *secret, char *out, size_t size)
{
    mask_make(secret_is_key(secret, strlen(secret), NULL) ? secret : "", out, size);
}

/* More than this beside its stars is no mask. */
#define MASK_SHOWS_MAX 12

static bool is_mask(const char *text, size_t len)
{
    size_t stars = 0;

    for (size_t i = 0; i < len; i++) {
        stars += text[i] == '*';
    }
    return stars > 0 && len - stars <= MASK_SHOWS_MAX;
}

static bool mask_member(json_t *object)
{
    size_t len = 0;
    const char *text = json_get_text(object, "key", &len);
    char mask[32];

    if (text == NULL || len == 0 || is_mask(text, len)) {
        return false;
    }
    codec_mask(text, mask, sizeof(mask));
    json_object_set_new(object, "key", json_string(mask));
    return true;
}

bool keys_mask(json_t *root)
{
    json_t *data = json_object_get(root, "data");
    bool changed = json_is_object(root) && mask_member(root);

    if (json_is_object(data)) {
        changed = mask_member(data) || changed;
    }
    for (size_t i = 0; i < json_array_size(data); i++) {
        json_t *row = json_array_get(data, i);

        if (json_is_object(row)) {
            changed = mask_member(row) || changed;
        }
    }
    return changed;
}
