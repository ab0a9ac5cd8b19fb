#include "model/act.h"

#include <string.h>

#include "base/clock.h"
#include "model/act_rows.h"

#include "base/banned.h"

#define OVERLAP_MIN_MS ((int64_t)30 * 60000)

int64_t rotate_overlap_ms(const struct rotate_input *input)
{
    return input->overlap_ms == 0 ? ROTATE_OVERLAP_MS : input->overlap_ms;
}

/* The shortest time between two rotations by its policy; INT64_MAX: it has none. */
static int64_t period_ms(const struct act_look *look)
{
    const struct rotation_policy *rotation = &inventory_extra(look->inv, look->row)->rotation;
    const char *period = arena_text(&look->inv->arena, rotation->period);

    if (!rotation->set) {
        return INT64_MAX;
    }
    return rotation->period_days > 0                          ? rotation->period_days * DAY_MS
           : period != NULL && strcmp(period, "weekly") == 0  ? 7 * DAY_MS
           : period != NULL && strcmp(period, "monthly") == 0 ? 28 * DAY_MS
                                                              : INT64_MAX;
}

/* At least half an hour, and shorter than the period of its rotation [DOC]. */
static bool may_rotate(const struct act_look *look, struct err *err)
{
    int64_t overlap = rotate_overlap_ms(look->input);

    if (look->row->status == STATUS_EXPIRED) {
        return err_set(err, ERR_GUARD, "The key is expired: its secret is no use to anybody.");
    }
    if (overlap < OVERLAP_MIN_MS) {
        return err_set(err, ERR_INVALID,
                       "--overlap: the old secret works on for 30 minutes at least.");
    }
    return overlap < period_ms(look) ||
           err_set(err, ERR_INVALID,
                   "--overlap: the old secret must die before the key rotates by itself.");
}

static bool may_freeze(const struct act_look *look, struct err *err)
{
    if (look->now == TIME_NONE) {
        return err_set(err, ERR_GUARD,
                       "The server told no time with its answer: nobody knows what its now is.");
    }
    if (look->row->status == STATUS_EXPIRED) {
        return err_set(err, ERR_GUARD, "The key is expired: it is stopped already.");
    }
    return (look->row->unread & UNREAD_EXPIRES) == 0 ||
           err_set(err, ERR_GUARD,
                   "Its expiry was not understood, so it could not be given back again.");
}

static bool may_thaw(const struct act_look *look, struct err *err)
{
    const struct thaw_input *input = look->input;
    int64_t at;

    if (input->expires.how == EXPIRY_NOT_GIVEN) {
        return err_set(err, ERR_INVALID,
                       "The journal does not know how this key was before: --expires never, or a "
                       "time, says what it is to be.");
    }
    if (input->remembered && look->row->expires_at != input->frozen_at) {
        return err_set(err, ERR_GUARD,
                       "Its expiry was changed since freeze-key set it: --expires says what it is "
                       "to be now.");
    }
    at = input_expiry_at(&input->expires, look->now);
    if (at != TIME_NONE && look->now != TIME_NONE && at <= look->now) {
        return err_set(err, ERR_INVALID, "--expires: this is not in the future.");
    }
    return look->row->expires_at != at ||
           err_set(err, ERR_GUARD, "The key expires so already: there is nothing to change.");
}

#define FIELD(type, member) offsetof(struct type, member)

static const struct input_field ROTATE_FIELDS[] = {
    {.name = "overlap",
     .value = "24h",
     .wire = "key_transition_period_ms",
     .kind = INPUT_SPAN,
     .at = FIELD(rotate_input, overlap_ms)},
};
static const struct input_field THAW_FIELDS[] = {
    {.name = "expires",
     .value = "never|TIME|Nd",
     .wire = "expires_at",
     .kind = INPUT_EXPIRY,
     .at = FIELD(thaw_input, expires)},
};
#define TOLD(rows, type)                                                                           \
    .fields = (rows), .field_count = sizeof(rows) / sizeof((rows)[0]),                             \
    .input_size = sizeof(struct type)

static const struct act ACTS[ACT_COUNT] = {
    [ACT_KEY_ROTATE] = {.id = ACT_KEY_ROTATE,
                        .name = "rotate-key",
                        .verb = "Rotate",
                        .doing = "is being rotated",
                        .done = "rotated",
                        .help = "give a key a new secret; the old one works on for a while",
                        .undone = "Not containment: whoever has the old secret can use it until "
                                  "the overlap is over. To stop it now, freeze or revoke the key.",
                        .confirm = CONFIRM_PHRASE,
                        .secret = true,
                        TOLD(ROTATE_FIELDS, rotate_input),
                        .guard = may_rotate},
    [ACT_KEY_FREEZE] = {.id = ACT_KEY_FREEZE,
                        .name = "freeze-key",
                        .verb = "Freeze",
                        .doing = "is being frozen",
                        .done = "set to stop",
                        .help = "stop a key by letting it expire now; thaw-key takes that back",
                        .undone =
                            "Taken back by thaw-key. The server marks it expired some minutes "
                            "later; gateways stop taking it as they learn of that.",
                        .confirm = CONFIRM_PHRASE,
                        .many = true,
                        .guard = may_freeze},
    [ACT_KEY_THAW] = {.id = ACT_KEY_THAW,
                      .name = "thaw-key",
                      .verb = "Thaw",
                      .doing = "is being thawed",
                      .done = "thawed",
                      .help = "give a frozen key its expiry back",
                      .undone = "Its secret works again, for whoever has it.",
                      .confirm = CONFIRM_BUTTON,
                      TOLD(THAW_FIELDS, thaw_input),
                      .guard = may_thaw},
    [ACT_KEY_EDIT] = {.id = ACT_KEY_EDIT,
                      .name = "edit-key",
                      .verb = "Edit",
                      .doing = "is being edited",
                      .done = "edited",
                      .help = "change name, scopes, limits, budget, life and defaults of a key",
                      .undone = "Only the members shown are sent. Taken back by another edit.",
                      .confirm = CONFIRM_BY_WHAT,
                      .own = ACT_OWN_FINE,
                      .many = true,
                      .fields = EDIT_FIELDS,
                      .field_count = EDIT_FIELD_COUNT,
                      .input_size = sizeof(struct edit_input),
                      .guard = edit_may,
                      .confirm_by = edit_confirm},
};

bool act_same_for_all(const struct act *act, const void *input, struct err *err)
{
    return act->id != ACT_KEY_EDIT || edit_same_for_all(input, err);
}

const struct act *act_of(enum act_id id)
{
    return &ACTS[id];
}

const struct act *act_find(const char *name)
{
    for (int i = 0; i < ACT_COUNT; i++) {
        if (strcmp(ACTS[i].name, name) == 0) {
            return &ACTS[i];
        }
    }
    return NULL;
}
