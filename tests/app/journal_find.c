/* What the journal knows of a key that is not there any more. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "app/journal_find.h"
#include "app/temp.h"
#include "base/alloc.h"
#include "base/buf.h"
#include "base/file.h"

#include "base/banned.h"

#define KEY "60571396-bd81-4e58-8c82-4858930ede0b"
#define MADE "9b2e28ba-2fa1-41d2-883f-0016d3cca427"
#define URL "http://127.0.0.1:1/v1"

struct place {
    char folder[64];
    char *path;
    struct clock clock;
    struct journal *journal;
};

static int setup(void **state)
{
    struct place *place = xcalloc(1, sizeof(*place));
    struct journal_intent intent = {.act = "revoke-key",
                                    .profile = "acme",
                                    .base_url = URL,
                                    .organisation_id = "org",
                                    .kind = "workspace-user",
                                    .target = KEY,
                                    .workspace = "tools"};
    char id[JOURNAL_ID_SIZE];
    struct err err = {0};

    snprintf(place->folder, sizeof(place->folder), "/tmp/portcullis-find-XXXXXX");
    assert_non_null(mkdtemp(place->folder));
    place->path = xasprintf("%s/journal.jsonl", place->folder);
    clock_init(&place->clock);
    place->journal = journal_new(place->path, &place->clock);
    assert_true(journal_write_intent(place->journal, &intent, id, &err));
    intent.act = "create-key";
    intent.target = NULL;
    intent.kind = "workspace-service";
    assert_true(journal_write_intent(place->journal, &intent, id, &err));
    assert_true(journal_write_event(place->journal, id, "made", MADE, "z1*****3AX", &err));
    *state = place;
    return 0;
}

static int teardown(void **state)
{
    struct place *place = *state;

    journal_free(place->journal);
    temp_remove(place->folder);
    free(place->path);
    free(place);
    return 0;
}

static void what_was_to_be_revoked_was_there(void **state)
{
    const struct place *place = *state;
    struct journal_known known;

    assert_true(journal_find_key(place->journal, KEY, "acme", URL, &known));
    assert_string_equal(known.kind, "workspace-user");
    assert_string_equal(known.workspace, "tools");
    assert_string_equal(known.organisation, "org");
}

/* By reads; a person's word, and an end that is not known, prove nothing. */
static void what_was_proven_is_told(void **state)
{
    static const struct {
        struct journal_outcome outcome;
        bool proven;
    } rows[] = {
        {{.result = "unknown", .reading = "its id: 200"}, false},
        {{.result = "accepted", .reading = "its id: 403 AB03"}, false},
        {{.result = "done", .by = "person", .reason = "INC-2210"}, false},
        {{.result = "done", .reading = "its id: 403 AB03", .control = "a list"}, true},
    };
    const struct place *place = *state;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct journal_intent intent = {.act = "revoke-key",
                                        .profile = "acme",
                                        .base_url = URL,
                                        .kind = "workspace-user",
                                        .target = KEY};
        struct journal_outcome outcome = rows[i].outcome;
        struct journal_known known;
        char id[JOURNAL_ID_SIZE];
        struct err err = {0};

        outcome.target = KEY;
        assert_true(journal_write_intent(place->journal, &intent, id, &err));
        assert_true(journal_write_outcome(place->journal, id, &outcome, &err));
        assert_true(journal_find_key(place->journal, KEY, "acme", URL, &known));
        assert_int_equal(known.proven_at != TIME_NONE, rows[i].proven);
        if (rows[i].proven) {
            assert_string_equal(known.reading, "its id: 403 AB03");
            assert_string_equal(known.control, "a list");
        }
    }
}

static void what_was_made_was_there(void **state)
{
    const struct place *place = *state;
    struct journal_known known;

    assert_true(journal_find_key(place->journal, MADE, "acme", URL, &known));
    assert_string_equal(known.kind, "workspace-service");
}

static void another_profile_knows_nothing(void **state)
{
    const struct place *place = *state;
    struct journal_known known;

    assert_false(journal_find_key(place->journal, KEY, "globex", URL, &known));
    assert_false(journal_find_key(place->journal, MADE, "globex", URL, &known));
    assert_false(journal_find_key(place->journal, KEY, "acme", "http://127.0.0.1:2/v1", &known));
    assert_false(journal_find_key(place->journal, "tools", "acme", URL, &known));
}

/* A line that was touched says nothing any more. */
static void a_damaged_line_knows_nothing(void **state)
{
    const struct place *place = *state;
    struct journal_known known;
    struct buf text;
    char *at;
    FILE *file;

    buf_init(&text, 0);
    assert_true(file_read(place->path, &text, NULL));
    at = strstr(text.data, "workspace-user");
    assert_non_null(at);
    at[0] = 'W';
    file = fopen(place->path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(text.data, 1, text.len, file), text.len);
    fclose(file);
    buf_done(&text);
    assert_false(journal_find_key(place->journal, KEY, "acme", URL, &known));
    assert_true(journal_find_key(place->journal, MADE, "acme", URL, &known));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_was_to_be_revoked_was_there, setup, teardown),
        cmocka_unit_test_setup_teardown(what_was_proven_is_told, setup, teardown),
        cmocka_unit_test_setup_teardown(what_was_made_was_there, setup, teardown),
        cmocka_unit_test_setup_teardown(another_profile_knows_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(a_damaged_line_knows_nothing, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
