#include "sandbox/workspace_input.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "sandbox/input.h"

#include "base/banned.h"

#define NAME_MAX_CHARACTERS 255

/* -- the icon: an emoji at the head of the name is taken out of it [TF] -- */

static bool is_emoji(uint32_t c)
{
    return (c >= 0x1f000 && c <= 0x1faff) || (c >= 0x2600 && c <= 0x27bf) ||
           (c >= 0x2b00 && c <= 0x2bff) || (c >= 0x231a && c <= 0x23ff);
}

/* What goes on in an emoji: joiners, variants, skins, and what is joined. */
static bool goes_on(uint32_t c, bool joined)
{
    return c == 0x200d || c == 0xfe0f || (c >= 0x1f3fb && c <= 0x1f3ff) ||
           (joined && is_emoji(c)) || (joined && (c == 0x2640 || c == 0x2642));
}

/* The character at *text, which is valid UTF-8, and behind it. */
static uint32_t next_character(const char **text)
{
    const unsigned char *c = (const unsigned char *)*text;
    int more = c[0] >= 0xf0 ? 3 : c[0] >= 0xe0 ? 2 : c[0] >= 0xc0 ? 1 : 0;
    uint32_t value = more == 3   ? c[0] & 0x07u
                     : more == 2 ? c[0] & 0x0fu
                     : more == 1 ? c[0] & 0x1fu
                                 : c[0];
    for (int i = 1; i <= more && c[i] != '\0'; i++) {
        value = value << 6 | (c[i] & 0x3fu);
    }
    *text += c[0] == '\0' ? 0 : 1 + more;
    return value;
}

size_t workspace_icon(const char *name)
{
    const char *at = name;
    uint32_t last = next_character(&at);
    if (!is_emoji(last)) {
        return 0;
    }
    for (const char *next = at;; at = next) {
        uint32_t c = next_character(&next);
        if (next == at || !goes_on(c, last == 0x200d)) {
            return (size_t)(at - name);
        }
        last = c;
    }
}

/* -- members -- */

static bool take_name(struct input *in, json_t *value)
{
    struct workspace_rec *ws = in->record;
    const char *name = json_string_value(value);
    size_t icon = name == NULL || json_object_get(in->request->body, "icon") != NULL
                      ? 0
                      : workspace_icon(name);
    const char *rest = name == NULL ? "" : name + icon;
    rest += strspn(rest, " ");
    if (*rest == '\0' || input_characters(rest) > NAME_MAX_CHARACTERS) {
        reply_invalid(in->reply, "name must be a string of 1 to %d characters",
                      NAME_MAX_CHARACTERS);
        return false;
    }
    if (icon > 0) {
        input_replace(&ws->icon, xstrndup(name, icon));
    }
    input_replace(&ws->name, xstrdup(rest));
    return true;
}

/* A string; "" and null clear. */
static bool take_text(struct input *in, json_t *value, const char *name, char **place)
{
    const char *text = json_string_value(value);
    if (value != NULL && text == NULL) {
        reply_invalid(in->reply, "%s must be a string", name);
        return false;
    }
    input_replace(place, text == NULL || *text == '\0' ? NULL : xstrdup(text));
    return true;
}

static bool take_icon(struct input *in, json_t *value)
{
    return take_text(in, value, "icon", &((struct workspace_rec *)in->record)->icon);
}

static bool take_description(struct input *in, json_t *value)
{
    return take_text(in, value, "description", &((struct workspace_rec *)in->record)->description);
}

static bool are_texts(const json_t *values)
{
    const char *name;
    size_t i;
    json_t *value;
    bool ok = true;
    json_object_foreach((json_t *)values, name, value)
    {
        ok = ok && json_is_string(value);
    }
    json_array_foreach((json_t *)values, i, value)
    {
        ok = ok && json_is_string(value);
    }
    return ok;
}

/* What is wrong with the defaults; NULL: nothing. Lends a constant. */
static const char *wrong_defaults(const json_t *value)
{
    const json_t *metadata = input_value(value, "metadata");
    const json_t *config = input_value(value, "user_api_key_config");
    if (!json_is_object(value)) {
        return "defaults must be an object";
    }
    if (metadata != NULL && (!json_is_object(metadata) || !are_texts(metadata))) {
        return "defaults.metadata must be an object of strings";
    }
    if (config != NULL && !input_is_config(config)) {
        return "defaults.user_api_key_config must be the slug or the id of a config";
    }
    static const char *const LISTS[] = {"input_guardrails", "output_guardrails"};
    for (int i = 0; i < 2; i++) {
        const json_t *list = input_value(value, LISTS[i]);
        if (list != NULL && (!json_is_array(list) || !are_texts(list))) {
            return i == 0 ? "defaults.input_guardrails must be an array of strings"
                          : "defaults.output_guardrails must be an array of strings";
        }
    }
    return NULL;
}

/* Members that are not sent stay, or go: quirk workspace-defaults. Null clears one. */
static bool take_defaults(struct input *in, json_t *value)
{
    struct workspace_rec *ws = in->record;
    const char *wrong = value == NULL ? NULL : wrong_defaults(value);
    if (wrong != NULL) {
        reply_invalid(in->reply, "%s", wrong);
        return false;
    }
    bool merges = value != NULL && !in->request->sandbox->quirks.defaults_replace;
    json_t *kept = merges ? stored_json(ws->defaults) : NULL;
    if (!json_is_object(kept)) {
        json_decref(kept);
        kept = json_object();
    }
    const char *name;
    json_t *member;
    json_object_foreach(value, name, member)
    {
        if (json_is_null(member)) {
            json_object_del(kept, name);
        } else {
            json_object_set(kept, name, member);
        }
    }
    input_replace(&ws->defaults,
                  json_object_size(kept) > 0 ? json_dumps(kept, JSON_COMPACT) : NULL);
    json_decref(kept);
    return true;
}

/* An array of what is legal; null clears, and an empty one is not the same [TF]. */
static bool take_list(struct input *in, json_t *value, bool (*legal)(const json_t *),
                      const char *wrong, char **place)
{
    size_t i;
    json_t *item;
    bool ok = value == NULL || json_is_array(value);
    json_array_foreach(value, i, item)
    {
        ok = ok && legal(item);
    }
    if (!ok) {
        reply_invalid(in->reply, "%s", wrong);
        return false;
    }
    input_replace(place, value == NULL ? NULL : json_dumps(value, JSON_COMPACT));
    return true;
}

/* Whole numbers [SPEC]. */
static bool is_budget(const json_t *item)
{
    const json_t *alert = input_value(item, "alert_threshold");
    return input_is_budget(item) && json_is_integer(json_object_get(item, "credit_limit")) &&
           (alert == NULL || json_is_integer(alert));
}

static bool take_usage(struct input *in, json_t *value)
{
    return take_list(in, value, is_budget,
                     "usage_limits must be an array of {credit_limit >= 1, alert_threshold <= "
                     "credit_limit, ...}",
                     &((struct workspace_rec *)in->record)->usage_limits);
}

static bool is_rate(const json_t *item)
{
    static const char *const UNITS[] = {"rpm", "rph", "rpd", NULL};
    return input_is_rate(item, UNITS);
}

static bool take_rates(struct input *in, json_t *value)
{
    return take_list(in, value, is_rate, "rate_limits must be an array of {type, unit, value}",
                     &((struct workspace_rec *)in->record)->rate_limits);
}

/* Who they are is looked up later. */
static bool take_users(struct input *in, json_t *value)
{
    if (value != NULL && (!json_is_array(value) || !are_texts(value))) {
        reply_invalid(in->reply, "users must be an array of the ids of users");
        return false;
    }
    return true;
}

/* No section of it is open for a workspace to override (BE 1.19.0). */
static bool take_switches(struct input *in, json_t *value)
{
    (void)value;
    reply_invalid(in->reply, "security_settings cannot be changed for a workspace");
    return false;
}

/* clang-format off */
static const struct input_member MEMBERS[] = {
    {"icon",              take_icon,        INPUT_GIVEN,   INPUT_GIVEN},
    {"name",              take_name,        INPUT_ALWAYS,  INPUT_GIVEN},
    {"description",       take_description, INPUT_GIVEN,   INPUT_GIVEN},
    {"defaults",          take_defaults,    INPUT_GIVEN,   INPUT_GIVEN},
    {"usage_limits",      take_usage,       INPUT_GIVEN,   INPUT_GIVEN},
    {"rate_limits",       take_rates,       INPUT_GIVEN,   INPUT_GIVEN},
    {"users",             take_users,       INPUT_GIVEN,   INPUT_IGNORED},
    {"security_settings", take_switches,    INPUT_IGNORED, INPUT_GIVEN},
};
/* clang-format on */
#define MEMBER_COUNT (sizeof MEMBERS / sizeof *MEMBERS)

bool workspace_input(const struct request *request, bool partial, struct workspace_rec *ws,
                     struct reply *reply)
{
    struct input in = {request, partial, ws, reply};
    if (partial && request->body != NULL && !input_gives(&in, MEMBERS, MEMBER_COUNT)) {
        reply_invalid(reply, "No update fields provided: name, description, icon, defaults, "
                             "usage_limits, rate_limits");
        return false;
    }
    return input_run(&in, MEMBERS, MEMBER_COUNT);
}

bool workspace_input_precheck(const struct request *request, struct reply *reply)
{
    struct workspace_rec scratch = {0};
    bool ok = workspace_input(request, true, &scratch, reply);
    workspace_rec_done(&scratch);
    return ok;
}
