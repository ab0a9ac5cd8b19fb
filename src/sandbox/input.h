/* Bodies of requests as tables: which members there are, and what becomes of each. A body is read
 * into a record, or answered 400 AB01 with the member by name. */
#ifndef PORTCULLIS_SANDBOX_INPUT_H
#define PORTCULLIS_SANDBOX_INPUT_H

#include "sandbox/server.h"

struct input {
    const struct request *request;
    bool partial; /* an update: absent is unchanged, null clears */
    void *record;
    struct reply *reply;
};

/* value NULL: absent, or null. False when the reply is an error. */
typedef bool input_take(struct input *in, json_t *value);

enum input_rule {
    INPUT_IGNORED,
    INPUT_GIVEN, /* taken when it is there, null too */
    INPUT_ALWAYS /* taken when it is absent too */
};

struct input_member {
    const char *name;
    input_take *take;
    enum input_rule on_create, on_update;
};

/* In the order of the table, up to the first that is refused. No body at all is refused. */
bool input_run(struct input *in, const struct input_member *members, size_t count);
/* Is there a member of the table in the body that would be taken? */
bool input_gives(const struct input *in, const struct input_member *members, size_t count);

/* What members have in common. A value that is absent or null is given as NULL. */
const json_t *input_value(const json_t *object, const char *name);
size_t input_characters(const char *text);
/* words end with NULL. */
bool input_is_one_of(const char *text, const char *const *words);
bool input_is_email(const char *text);
/* {type, unit, value}; {credit_limit, alert_threshold, ..}. */
bool input_is_rate(const json_t *value, const char *const *units);
bool input_is_budget(const json_t *value);
/* The slug or the id of a config; which there are is not kept here. */
bool input_is_config(const json_t *value);
/* The organisation may demand metadata by a schema, on create and on update (quirk
 * metadata-schema): false, and answered 400, when these stored defaults do not have it. */
bool input_metadata_fits(const struct request *request, const char *defaults, struct reply *reply);
/* A string in place of what is there; NULL clears. */
void input_replace(char **place, char *text);

#endif
