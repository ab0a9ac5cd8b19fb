/* What reads prove about a change: every course of up to four readings, against what may be said.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "app/change.h"
#include "app/proof.h"
#include "base/clock.h"
#include "model/endpoint_scopes.h"

#include "base/banned.h"

#define DEPTH 4
#define SENT ((int64_t)1700000000000)
#define STEP ((int64_t)6000) /* between readings: two of them are more than the gap */

static const struct change_reading LETTERS[] = {
    {.good = false},
    {.good = true, .seen = ACT_SEEN_NOTHING},
    {.good = true, .seen = ACT_SEEN_BEFORE},
    {.good = true, .seen = ACT_SEEN_BEFORE, .touched = true},
    {.good = true, .seen = ACT_SEEN_WANTED, .touched = true},
    {.good = true, .seen = ACT_SEEN_WANTED, .touched = true, .fits = true},
    {.good = true, .seen = ACT_SEEN_THIRD, .touched = true},
};
enum { LETTER_COUNT = sizeof(LETTERS) / sizeof(LETTERS[0]) };

static size_t seen[CHANGE_NOT_KNOWN + 1];

static void is_well_founded(const struct change_what *what, const struct change *change)
{
    const struct change_reading *last = change->last;
    bool may_come = !what->said_no && last != NULL && last->date - what->sent < what->late_ms;

    seen[change->state]++;
    switch (change->state) {
    case CHANGE_IS_SO:
        assert_int_equal(last->seen, ACT_SEEN_WANTED);
        assert_true(what->lost == LOST_COMPARE || (what->secret && last->fits));
        assert_true(what->until == TIME_NONE || last->date > what->until);
        break;
    case CHANGE_REFUSED:
        assert_true(what->said_no && !what->accepted && !last->touched);
        assert_int_equal(last->seen, ACT_SEEN_BEFORE);
        assert_true(last->at - change->first->at >= what->gap_ms);
        break;
    case CHANGE_NOT_DONE:
    case CHANGE_TOUCHED:
        assert_int_equal(last->seen, ACT_SEEN_BEFORE);
        assert_true(!may_come && last->touched == (change->state == CHANGE_TOUCHED));
        break;
    case CHANGE_OTHERWISE:
        assert_int_equal(last->seen, ACT_SEEN_THIRD);
        assert_true(!may_come || what->accepted);
        break;
    case CHANGE_ROTATED:
        assert_int_equal(what->lost, LOST_CHANGED);
        assert_int_equal(last->seen, ACT_SEEN_WANTED);
        break;
    case CHANGE_STALE:
        assert_true(what->accepted || what->until != TIME_NONE);
        break;
    case CHANGE_MAY_COME:
        assert_true(may_come);
        break;
    default:
        break;
    }
}

static void try_all(const struct change_what *what, struct change_reading *readings, size_t count)
{
    struct change change = change_of(what, readings, count);
    struct change now = change_now(what, readings, count);

    assert_int_not_equal(now.state, CHANGE_GOES_ON);
    is_well_founded(what, &now);
    if (change.state != CHANGE_GOES_ON) {
        assert_true(count > 0);
        is_well_founded(what, &change);
        return;
    }
    assert_true(change.wait_ms >= 0 && change.wait_ms <= 60000);
    for (size_t i = 0; i < LETTER_COUNT && count < DEPTH; i++) {
        readings[count] = LETTERS[i];
        readings[count].at = (int64_t)count * STEP;
        readings[count].date = what->sent + (int64_t)count * STEP;
        try_all(what, readings, count + 1);
    }
}

static void every_course_ends_with_what_it_showed(void **state)
{
    struct change_reading readings[DEPTH];

    (void)state;
    for (int bits = 0; bits < 64; bits++) {
        const struct change_what what = {
            .lost = (bits & 1) != 0 ? LOST_CHANGED : LOST_COMPARE,
            .accepted = (bits & 2) != 0,
            .said_no = (bits & 6) == 4,
            .secret = (bits & 8) != 0,
            .sent = SENT,
            .until = (bits & 16) != 0 ? SENT + 10000 : TIME_NONE,
            .gap_ms = PROOF_GAP_MS,
            .late_ms = (bits & 32) != 0 ? 5000 : CHANGE_LATE_MS,
        };

        try_all(&what, readings, 0);
    }
    for (int end = CHANGE_IS_SO; end <= CHANGE_NOT_KNOWN; end++) {
        if (seen[end] == 0) {
            fail_msg("no course ends with %d", end);
        }
    }
}

/* A time that is not told is no long time. */
static void what_has_no_date_may_still_come(void **state)
{
    const struct change_reading readings[] = {
        {.good = true, .seen = ACT_SEEN_BEFORE, .at = 0, .date = TIME_NONE},
        {.good = true, .seen = ACT_SEEN_BEFORE, .at = 500000, .date = TIME_NONE},
    };
    struct change_what what = {.lost = LOST_COMPARE,
                               .sent = SENT,
                               .until = TIME_NONE,
                               .gap_ms = PROOF_GAP_MS,
                               .late_ms = CHANGE_LATE_MS};

    (void)state;
    assert_int_equal(change_of(&what, readings, 2).state, CHANGE_MAY_COME);
    what.sent = TIME_NONE;
    assert_int_equal(change_of(&what, readings, 2).state, CHANGE_MAY_COME);
    what.said_no = true;
    assert_int_equal(change_of(&what, readings, 2).state, CHANGE_REFUSED);
}

/* -- records compared -- */

static enum act_seen compare(enum act_id act, const char *body, const char *before, const char *row,
                             bool *touched)
{
    return act_compare(act, body, before, row, strlen(row), touched);
}

static void records_are_compared_by_what_was_asked(void **state)
{
    static const char BODY[] = "{\"expires_at\":\"2027-01-02T00:00:00.000Z\"}";
    static const char BEFORE[] =
        "{\"expires_at\":null,\"last_updated_at\":\"2026-01-01T00:00:00Z\"}";
    static const struct {
        const char *row;
        enum act_seen seen;
        bool touched;
    } rows[] = {
        {"{\"expires_at\":null,\"last_updated_at\":\"2026-01-01T00:00:00.000Z\"}", ACT_SEEN_BEFORE,
         false},
        {"{\"last_updated_at\":\"2026-01-01T00:00:00Z\"}", ACT_SEEN_BEFORE, false},
        {"{\"expires_at\":null,\"last_updated_at\":\"2026-01-01T00:00:01Z\"}", ACT_SEEN_BEFORE,
         true},
        {"{\"expires_at\":null}", ACT_SEEN_BEFORE, true},
        {"{\"expires_at\":\"2027-01-02T00:00:00Z\",\"last_updated_at\":1}", ACT_SEEN_WANTED, true},
        {"{\"expires_at\":\"2027-01-02T01:00:00+01:00\"}", ACT_SEEN_WANTED, true},
        {"{\"expires_at\":\"2027-01-03\"}", ACT_SEEN_THIRD, true},
        {"{\"expires_at\":17}", ACT_SEEN_THIRD, true},
        {"[]", ACT_SEEN_NOTHING, true},
        {"nonsense", ACT_SEEN_NOTHING, true},
        {"", ACT_SEEN_NOTHING, true},
    };
    bool touched;

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        enum act_seen got = compare(ACT_KEY_THAW, BODY, BEFORE, rows[i].row, &touched);

        if (got != rows[i].seen || touched != rows[i].touched) {
            fail_msg("%s: %d, touched %d", rows[i].row, got, touched);
        }
    }
    assert_int_equal(compare(ACT_KEY_ROTATE, "{}", "{\"key\":\"ab*****cde\"}",
                             "{\"key\":\"ab*****cde\"}", &touched),
                     ACT_SEEN_BEFORE);
    assert_int_equal(compare(ACT_KEY_ROTATE, "{}", "{\"key\":\"ab*****cde\"}",
                             "{\"key\":\"ab*****cdf\"}", &touched),
                     ACT_SEEN_WANTED);
    assert_int_equal(compare(ACT_KEY_ROTATE, "{}", "{}", "{\"key\":\"ab*****cdf\"}", &touched),
                     ACT_SEEN_NOTHING);
}

/* Each act is told whole: a row that lacks something would be found by nobody else. */
static void every_act_is_whole(void **state)
{
    (void)state;
    for (int i = 0; i < ACT_COUNT; i++) {
        const struct act *act = act_of((enum act_id)i);

        assert_int_equal(act->id, i);
        assert_ptr_equal(act_find(act->name), act);
        assert_non_null(strstr(act->name, "-key"));
        assert_true(act->verb[0] != '\0' && act->doing[0] != '\0' && act->done[0] != '\0');
        assert_true(act->help[0] != '\0' && act->undone[0] != '\0');
        assert_int_equal(act_wire((enum act_id)i)->act, i);
        assert_non_null(
            endpoint_scope(act_wire((enum act_id)i)->endpoint, KEY_ORGANISATION_SERVICE));
        for (size_t f = 0; f < act->field_count; f++) {
            const struct input_field *field = &act->fields[f];

            assert_true(field->name[0] != '\0' &&
                        (field->value == NULL || field->value[0] != '\0') &&
                        field->wire[0] != '\0');
            assert_true(field->at < act->input_size);
            assert_int_equal(field->kind == INPUT_OTHER, field->take != NULL);
        }
    }
    assert_null(act_find("revoke"));
    assert_null(act_find(""));
}

static void what_is_typed_is_read_or_refused(void **state)
{
    static const struct {
        const char *text;
        int64_t ms; /* -1: refused */
    } spans[] = {{"30m", 1800000}, {"24h", 86400000}, {"2d", 172800000}, {"0m", -1},
                 {"", -1},         {"m", -1},         {"1.5h", -1},      {"-3h", -1},
                 {"9999999d", -1}, {"3 h", -1},       {"24", -1},        {"1w", -1}};
    struct input_expiry expiry;
    const struct input_field *field = act_of(ACT_KEY_THAW)->fields;
    struct thaw_input input;
    int64_t ms;

    (void)state;
    for (size_t i = 0; i < sizeof(spans) / sizeof(spans[0]); i++) {
        bool ok = input_span(spans[i].text, &ms);

        if (ok != (spans[i].ms >= 0) || (ok && ms != spans[i].ms)) {
            fail_msg("%s: %d", spans[i].text, ok);
        }
    }
    assert_true(input_parse(field, "never", &input, NULL));
    expiry = input.expires;
    assert_true(input_expiry_at(&expiry, SENT) == TIME_NONE);
    assert_true(input_parse(field, "30d", &input, NULL));
    assert_true(input_expiry_at(&input.expires, SENT + 7) == SENT + 30 * DAY_MS);
    assert_true(input_parse(field, "2027-01-02", &input, NULL));
    assert_false(input_parse(field, "2027-02-30", &input, NULL));
    assert_false(input_parse(field, "0d", &input, NULL));
    assert_false(input_parse(field, "", &input, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_course_ends_with_what_it_showed),
        cmocka_unit_test(what_has_no_date_may_still_come),
        cmocka_unit_test(records_are_compared_by_what_was_asked),
        cmocka_unit_test(every_act_is_whole),
        cmocka_unit_test(what_is_typed_is_read_or_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
