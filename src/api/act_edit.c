/* The body of edit-key: the members that are to be another way than they are, and no other. */
#include <string.h>

#include "api/act_internal.h"
#include "api/codec.h"
#include "base/clock.h"

#include "base/banned.h"

static bool has(const struct edit_input *edit, enum draft_field field)
{
    return (edit->given & 1u << field) != 0;
}

/* The scopes of the key with those that are added and without those that are dropped; names that
 * the catalogue lacks stay. The whole list is replaced [SPEC]. */
static json_t *scopes_of(const struct act_look *look)
{
    struct scope_set scopes = edit_scopes(look->input, look->row);
    const char *unknown = arena_text(&look->inv->arena, look->row->unknown_scopes);
    json_t *out = json_array();

    for (int i = 0; i < SCOPE_COUNT; i++) {
        if (scope_set_has(&scopes, i)) {
            json_array_append_new(out, json_string(scope_info(i)->name));
        }
    }
    for (const char *name = unknown == NULL ? "" : unknown; *name != '\0';) {
        size_t len = strcspn(name, "\n");

        json_array_append_new(out, json_stringn(name, len));
        name += len + (name[len] == '\n');
    }
    return out;
}

/* What the draft says of a member, or null, which clears it [OBS]. */
static void put(json_t *body, const char *name, const json_t *drafted)
{
    json_t *value = json_object_get(drafted, name);

    json_object_set_new(body, name, value == NULL ? json_null() : json_incref(value));
}

/* Whether defaults replace or merge is not known: the whole object goes back. */
static json_t *defaults_of(const struct edit_input *edit, const json_t *drafted,
                           const json_t *record)
{
    const json_t *old = json_object_get(record, "defaults");
    const json_t *given = json_object_get(drafted, "defaults");
    json_t *out = json_is_object(old) ? json_deep_copy(old) : json_object();

    if (has(edit, DRAFT_METADATA)) {
        put(out, "metadata", given);
    }
    if (has(edit, DRAFT_CONFIG)) {
        put(out, "config_id", given);
    }
    if (has(edit, DRAFT_OVERRIDE)) {
        json_object_set_new(out, "allow_config_override", json_boolean(edit->draft.allow_override));
    }
    return out;
}

static void put_life(json_t *body, const struct act_look *look)
{
    const struct edit_input *edit = look->input;
    char text[TIME_TEXT_SIZE];
    int64_t at;

    if (!has(edit, DRAFT_EXPIRES)) {
        return;
    }
    at = input_expiry_at(&edit->expires, look->now);
    if (at != TIME_NONE) {
        time_format(at, text);
    }
    json_object_set_new(body, "expires_at", at == TIME_NONE ? json_null() : json_string(text));
}

static json_t *all_members(const struct act_look *look, const json_t *record)
{
    const struct edit_input *edit = look->input;
    json_t *drafted = draft_encode(&edit->draft, look->now), *body = json_object();

    if (has(edit, DRAFT_NAME)) {
        put(body, "name", drafted);
    }
    if (has(edit, DRAFT_DESCRIPTION)) {
        json_object_set_new(body, "description", json_string(edit->draft.description));
    }
    if (scope_set_count(&edit->added) > 0 || scope_set_count(&edit->dropped) > 0) {
        json_object_set_new(body, "scopes", scopes_of(look));
    }
    if (has(edit, DRAFT_RATES)) {
        put(body, "rate_limits", drafted);
    }
    if (has(edit, DRAFT_BUDGET)) {
        put(body, "usage_limits", drafted);
    }
    if (has(edit, DRAFT_EMAILS)) {
        put(body, "alert_emails", drafted);
    }
    if (has(edit, DRAFT_ROTATION)) {
        put(body, "rotation_policy", drafted);
    }
    if (has(edit, DRAFT_METADATA) || has(edit, DRAFT_CONFIG) || has(edit, DRAFT_OVERRIDE)) {
        json_object_set_new(body, "defaults", defaults_of(edit, drafted, record));
    }
    put_life(body, look);
    json_decref(drafted);
    return body;
}

json_t *act_edit_body(const struct act_look *look)
{
    const struct edit_input *edit = look->input;
    json_t *record = json_loads(look->record, JSON_REJECT_DUPLICATES, NULL);
    json_t *body = all_members(look, record), *out = json_object();
    const char *name;
    json_t *value;

    json_object_foreach(body, name, value)
    {
        if (!act_member_shows(name, value, json_object_get(record, name))) {
            json_object_set(out, name, value);
        }
    }
    if (edit->reset_usage) {
        json_object_set_new(out, "reset_usage", json_true());
    }
    json_decref(record);
    json_decref(body);
    return out;
}
