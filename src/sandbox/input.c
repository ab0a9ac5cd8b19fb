#include "sandbox/input.h"

#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

bool input_run(struct input *in, const struct input_member *members, size_t count)
{
    if (in->request->body == NULL) {
        reply_invalid(in->reply, "the body must be a JSON object");
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        enum input_rule rule = in->partial ? members[i].on_update : members[i].on_create;
        json_t *value = json_object_get(in->request->body, members[i].name);
        bool taken = rule == INPUT_ALWAYS || (rule == INPUT_GIVEN && value != NULL);
        if (taken && !members[i].take(in, json_is_null(value) ? NULL : value)) {
            return false;
        }
    }
    return true;
}

bool input_gives(const struct input *in, const struct input_member *members, size_t count)
{
    bool gives = false;
    for (size_t i = 0; i < count; i++) {
        enum input_rule rule = in->partial ? members[i].on_update : members[i].on_create;
        gives = gives || (rule != INPUT_IGNORED &&
                          json_object_get(in->request->body, members[i].name) != NULL);
    }
    return gives;
}

const json_t *input_value(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    return json_is_null(value) ? NULL : value;
}

size_t input_characters(const char *text)
{
    size_t count = 0;
    for (; *text != '\0'; text++) {
        count += ((unsigned char)*text & 0xc0) != 0x80;
    }
    return count;
}

bool input_is_one_of(const char *text, const char *const *words)
{
    for (; text != NULL && *words != NULL; words++) {
        if (strcmp(text, *words) == 0) {
            return true;
        }
    }
    return false;
}

/* format: email [SPEC], roughly: something, @, a domain with a dot inside. */
bool input_is_email(const char *text)
{
    const char *at = text != NULL ? strchr(text, '@') : NULL;
    if (at == NULL || at == text || strchr(at + 1, '@') != NULL ||
        strpbrk(text, " \t\r\n,;<>\"") != NULL) {
        return false;
    }
    const char *dot = strchr(at + 1, '.');
    return dot != NULL && dot != at + 1 && dot[1] != '\0' && text[strlen(text) - 1] != '.';
}

bool input_is_rate(const json_t *value, const char *const *units)
{
    static const char *const TYPES[] = {"requests", "tokens", NULL};
    return input_is_one_of(json_string_value(json_object_get(value, "type")), TYPES) &&
           input_is_one_of(json_string_value(json_object_get(value, "unit")), units) &&
           json_is_number(json_object_get(value, "value")) &&
           json_number_value(json_object_get(value, "value")) >= 0;
}

bool input_is_budget(const json_t *value)
{
    static const char *const TYPES[] = {"cost", "tokens", NULL};
    static const char *const RESETS[] = {"weekly", "monthly", NULL};
    const json_t *limit = json_object_get(value, "credit_limit");
    const json_t *alert = input_value(value, "alert_threshold");
    const json_t *type = json_object_get(value, "type");
    const json_t *reset = input_value(value, "periodic_reset");
    const json_t *days = input_value(value, "periodic_reset_days");
    const json_t *next = input_value(value, "next_usage_reset_at");
    int64_t at;
    if (!json_is_object(value) || (json_is_string(reset) && json_is_integer(days)) ||
        (next != NULL && (!json_is_string(next) || !time_parse(json_string_value(next), &at)))) {
        return false;
    }
    return json_is_number(limit) && json_number_value(limit) >= 1 &&
           (type == NULL || input_is_one_of(json_string_value(type), TYPES)) &&
           (alert == NULL || (json_is_number(alert) && json_number_value(alert) >= 1 &&
                              json_number_value(alert) <= json_number_value(limit))) &&
           (reset == NULL || input_is_one_of(json_string_value(reset), RESETS)) &&
           (days == NULL || (json_is_integer(days) && json_integer_value(days) >= 1 &&
                             json_integer_value(days) <= 365));
}

bool input_is_config(const json_t *value)
{
    const char *text = json_string_value(value);
    return text != NULL && *text != '\0' && strpbrk(text, " \t\r\n/") == NULL;
}

bool input_metadata_fits(const struct request *request, const char *defaults, struct reply *reply)
{
    json_t *stored = stored_json(defaults);
    bool fits = !request->sandbox->quirks.needs_team ||
                json_is_string(json_object_get(json_object_get(stored, "metadata"), "team"));
    json_decref(stored);
    if (!fits) {
        reply_invalid(reply, "defaults.metadata must have the property team");
    }
    return fits;
}

void input_replace(char **place, char *text)
{
    free(*place);
    *place = text;
}
