/* The head of the journal: what is lost, shortened or changed is said until a person has looked;
 * what a crash leaves is mended; what the first version wrote is read. Files that are none, and
 * disks that take nothing. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "app/journal_internal.h"
#include "app/journal_rig.h"
#include "base/alloc.h"
#include "base/buf.h"
#include "base/file.h"

#include "base/banned.h"

static void remove_head(const struct journal_rig *rig)
{
    char *path = journal_rig_head_path(rig);

    assert_int_equal(unlink(path), 0);
    free(path);
}

static void check(struct journal_rig *rig, enum journal_damage damage)
{
    struct journal_report report = journal_rig_report(rig);

    assert_string_equal(journal_damage_name(report.damage), journal_damage_name(damage));
    journal_report_done(&report);
}

/* Whatever is written after it, and however often: it is said until a person has looked. */
static void stays_said_until_a_look(struct journal_rig *rig, enum journal_damage damage)
{
    struct journal_report report;
    struct err err = {0};

    check(rig, damage);
    journal_rig_pair(rig, "done");
    check(rig, damage);
    journal_rig_pair(rig, "done");
    check(rig, damage);
    assert_true(journal_accept(rig->journal, "INC-2210: restored from the backup", &err));
    report = journal_rig_report(rig);
    assert_int_equal(report.damage, JOURNAL_WHOLE);
    assert_int_equal(report.broken, 0);
    assert_int_equal(report.looks, 1);
    journal_report_done(&report);
    journal_rig_pair(rig, "done");
    check(rig, JOURNAL_WHOLE);
}

static void is_made_with_the_first_line(void **state)
{
    struct journal_rig *rig = *state;
    struct stat st;
    char *path = journal_rig_head_path(rig), *head;

    assert_int_equal(stat(path, &st), -1);
    check(rig, JOURNAL_WHOLE);
    journal_rig_pair(rig, "done");
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    head = journal_rig_head(rig);
    assert_non_null(strstr(head, "\"lines\":2,"));
    check(rig, JOURNAL_WHOLE);
    free(head);
    free(path);
}

static void a_lost_journal_is_said(void **state)
{
    struct journal_rig *rig = *state;

    journal_rig_pair(rig, "done");
    assert_int_equal(unlink(rig->path), 0);
    stays_said_until_a_look(rig, JOURNAL_LOST);
}

static void an_emptied_journal_is_said(void **state)
{
    struct journal_rig *rig = *state;

    journal_rig_pair(rig, "done");
    assert_int_equal(truncate(rig->path, 0), 0);
    stays_said_until_a_look(rig, JOURNAL_LOST);
}

static void a_journal_without_its_last_line_is_said(void **state)
{
    struct journal_rig *rig = *state;
    char *bytes;
    size_t len;

    journal_rig_pair(rig, "done");
    bytes = journal_rig_slurp(rig, &len);
    journal_rig_spill(rig, bytes, (size_t)(strchr(bytes, '\n') - bytes) + 1);
    free(bytes);
    stays_said_until_a_look(rig, JOURNAL_SHORTENED);
}

/* It was whole once: no crash of ours cuts what is synced. */
static void a_journal_cut_inside_its_last_line_is_said(void **state)
{
    struct journal_rig *rig = *state;
    struct stat st;

    journal_rig_pair(rig, "done");
    assert_int_equal(stat(rig->path, &st), 0);
    assert_int_equal(truncate(rig->path, st.st_size - 20), 0);
    stays_said_until_a_look(rig, JOURNAL_SHORTENED);
}

static void a_last_line_of_another_journal_is_said(void **state)
{
    struct journal_rig *rig = *state;
    char *bytes, *head;
    size_t len;

    journal_rig_pair(rig, "done");
    bytes = journal_rig_slurp(rig, &len);
    head = journal_rig_head(rig);
    /* As long, and whole in itself. */
    assert_int_equal(unlink(rig->path), 0);
    remove_head(rig);
    journal_rig_pair(rig, "done");
    journal_rig_put_head(rig, head);
    stays_said_until_a_look(rig, JOURNAL_BROKEN);
    free(head);
    free(bytes);
}

static void a_changed_line_is_said(void **state)
{
    struct journal_rig *rig = *state;
    char *bytes;
    size_t len;

    journal_rig_pair(rig, "done");
    journal_rig_pair(rig, "done");
    bytes = journal_rig_slurp(rig, &len);
    strstr(bytes, "acme")[0] = 'b';
    journal_rig_spill(rig, bytes, len);
    free(bytes);
    stays_said_until_a_look(rig, JOURNAL_BROKEN);
}

static void a_lost_head_is_said(void **state)
{
    struct journal_rig *rig = *state;

    journal_rig_pair(rig, "done");
    remove_head(rig);
    stays_said_until_a_look(rig, JOURNAL_HEADLESS);
}

static void a_head_that_says_nothing_is_said(void **state)
{
    struct journal_rig *rig = *state;

    journal_rig_pair(rig, "done");
    journal_rig_put_head(rig, "{\"v\":1,\"length\":-4}");
    stays_said_until_a_look(rig, JOURNAL_HEADLESS);
}

/* The head is written after the line: a crash between the two loses nothing. */
static void a_journal_goes_on_from_its_head(void **state)
{
    struct journal_rig *rig = *state;
    char *head;

    journal_rig_pair(rig, "done");
    head = journal_rig_head(rig);
    journal_rig_pair(rig, "done");
    journal_rig_pair(rig, "done");
    journal_rig_put_head(rig, head);
    check(rig, JOURNAL_WHOLE);
    journal_rig_pair(rig, "done");
    check(rig, JOURNAL_WHOLE);
    free(head);
}

/* The same before the very first line is there. */
static void a_head_may_come_before_the_first_line(void **state)
{
    struct journal_rig *rig = *state;

    journal_rig_pair(rig, "done");
    assert_int_equal(truncate(rig->path, 0), 0);
    journal_rig_put_head(rig, "{\"v\":1,\"length\":0,\"lines\":0,\"hash\":\"\"}");
    check(rig, JOURNAL_WHOLE);
    journal_rig_pair(rig, "done");
    check(rig, JOURNAL_WHOLE);
}

static void what_goes_on_must_be_whole(void **state)
{
    struct journal_rig *rig = *state;
    char *bytes, *head;
    size_t len;

    journal_rig_pair(rig, "done");
    head = journal_rig_head(rig);
    journal_rig_pair(rig, "done");
    bytes = journal_rig_slurp(rig, &len);
    for (char *at = strstr(bytes, "acme"), *next = at; next != NULL;
         next = strstr(next + 1, "acme")) {
        at = next;
        if (strstr(at + 1, "acme") == NULL) {
            at[0] = 'b'; /* in the last intent */
        }
    }
    journal_rig_spill(rig, bytes, len);
    journal_rig_put_head(rig, head);
    stays_said_until_a_look(rig, JOURNAL_BROKEN);
    free(bytes);
    free(head);
}

static void a_torn_last_line_is_told_and_cut_off(void **state)
{
    struct journal_rig *rig = *state;
    struct journal_report report;
    char *before, *head, *after;
    size_t before_len, after_len;

    journal_rig_pair(rig, "done");
    before = journal_rig_slurp(rig, &before_len);
    head = journal_rig_head(rig);
    journal_rig_pair(rig, "done");
    assert_int_equal(truncate(rig->path, (off_t)before_len + 33), 0);
    journal_rig_put_head(rig, head);
    report = journal_rig_report(rig);
    assert_true(report.cut_tail);
    assert_int_equal(report.damage, JOURNAL_WHOLE);
    journal_report_done(&report);

    journal_rig_pair(rig, "done");
    after = journal_rig_slurp(rig, &after_len);
    assert_memory_equal(after, before, before_len);
    assert_non_null(strstr(after + before_len, "\"note\":\"cut\""));
    assert_non_null(strstr(after + before_len, "\"bytes\":33,"));
    report = journal_rig_report(rig);
    assert_false(report.cut_tail);
    assert_int_equal(report.cut, 1);
    assert_int_equal(report.damage, JOURNAL_WHOLE);
    assert_int_equal(report.lines, 5);
    journal_report_done(&report);
    free(before);
    free(head);
    free(after);
}

/* What was looked at is not to be changed later either. */
static void what_a_person_accepted_stays_as_it_was(void **state)
{
    struct journal_rig *rig = *state;
    struct err err = {0};
    char *bytes;
    size_t len;

    journal_rig_pair(rig, "done");
    journal_rig_pair(rig, "done");
    bytes = journal_rig_slurp(rig, &len);
    strstr(bytes, "acme")[0] = 'b';
    journal_rig_spill(rig, bytes, len);
    free(bytes);
    assert_true(journal_accept(rig->journal, "INC-2210", &err));
    check(rig, JOURNAL_WHOLE);
    bytes = journal_rig_slurp(rig, &len);
    strstr(bytes, "bcme")[1] = 'x';
    journal_rig_spill(rig, bytes, len);
    free(bytes);
    check(rig, JOURNAL_BROKEN);
    assert_true(journal_accept(rig->journal, "INC-2211", &err));
    check(rig, JOURNAL_WHOLE);
    assert_false(journal_accept(rig->journal, "INC-2212", &err));
    assert_int_equal(err.kind, ERR_REFUSED);
}

static void copy_first_version(struct journal_rig *rig)
{
    struct err err = {0};
    struct buf buf;
    char *folder = xasprintf("%s/state/deep", rig->folder);

    buf_init(&buf, 0);
    assert_true(file_read(FIRST_VERSION, &buf, &err));
    assert_true(file_mkdirs(folder, &err));
    assert_true(file_write_atomic(rig->path, buf.data, buf.len, 0600, &err));
    buf_done(&buf);
    free(folder);
}

static void the_first_version_is_taken_as_it_is(void **state)
{
    struct journal_rig *rig = *state;
    struct journal_report report;
    const struct journal_open *open;

    copy_first_version(rig);
    report = journal_rig_report(rig);
    assert_int_equal(report.damage, JOURNAL_WHOLE);
    assert_int_equal(report.lines, 11);
    assert_int_equal(report.cut, 1);
    assert_int_equal(report.open_count, 2);
    open = &report.open[0];
    assert_int_equal(open->state, JOURNAL_UNKNOWN);
    assert_string_equal(open->name, "ci-two");
    assert_string_equal(open->candidates[0], "22222222-2222-4333-8444-555555555555");
    assert_true(open->first_version && open->blind && open->young && !open->held);
    open = &report.open[1];
    assert_int_equal(open->state, JOURNAL_SENT);
    assert_string_equal(open->target, "33333333-2222-4333-8444-555555555555");
    assert_string_equal(open->own_mask, "Tb*****k3Q");
    assert_string_equal(open->organisation_id, "");
    assert_int_equal(report.named_count, 1);
    journal_report_done(&report);

    /* And gone on with. */
    journal_rig_pair(rig, "done");
    report = journal_rig_report(rig);
    assert_int_equal(report.damage, JOURNAL_WHOLE);
    assert_int_equal(report.lines, 13);
    journal_report_done(&report);
    assert_int_equal(truncate(rig->path, 0), 0);
    check(rig, JOURNAL_LOST);
}

static void a_changed_first_version_is_said(void **state)
{
    struct journal_rig *rig = *state;
    char *bytes;
    size_t len;

    copy_first_version(rig);
    bytes = journal_rig_slurp(rig, &len);
    strstr(bytes, "acme")[0] = 'b';
    journal_rig_spill(rig, bytes, len);
    free(bytes);
    stays_said_until_a_look(rig, JOURNAL_BROKEN);
}

/* -- what is no journal -- */

static void refused(struct journal_rig *rig, const char *words)
{
    char id[JOURNAL_ID_SIZE] = "";
    struct journal_report report;
    struct err err = {0};

    assert_false(journal_write_intent(rig->journal, &journal_rig_revocation, id, &err));
    assert_int_equal(err.kind, ERR_FILE);
    assert_non_null(strstr(err.text, words));
    assert_string_equal(id, "");
    err = (struct err){0};
    assert_false(journal_read(rig->journal, &report, &err));
    assert_non_null(strstr(err.text, words));
}

static void a_pipe_or_a_device_is_refused(void **state)
{
    struct journal_rig *rig = *state;
    char *head = journal_rig_head_path(rig);

    journal_rig_pair(rig, "done");
    assert_int_equal(unlink(rig->path), 0);
    assert_int_equal(mkfifo(rig->path, 0600), 0);
    refused(rig, "regular file");
    assert_int_equal(unlink(rig->path), 0);
    assert_int_equal(symlink("/dev/null", rig->path), 0);
    refused(rig, "regular file");
    assert_int_equal(unlink(rig->path), 0);
    assert_int_equal(mkdir(rig->path, 0700), 0);
    refused(rig, "regular file");
    assert_int_equal(rmdir(rig->path), 0);
    if (mknod(rig->path, S_IFCHR | 0600, 1 * 256 + 3) == 0) { /* a null device; root only */
        refused(rig, "");
        assert_int_equal(unlink(rig->path), 0);
    }
    /* The same for its head. */
    assert_int_equal(unlink(head), 0);
    journal_rig_pair(rig, "done");
    assert_int_equal(unlink(head), 0);
    assert_int_equal(mkfifo(head, 0600), 0);
    refused(rig, "regular file");
    free(head);
}

static void a_folder_that_others_may_write_to_is_refused(void **state)
{
    struct journal_rig *rig = *state;
    char *folder = xasprintf("%s/state/deep", rig->folder);
    char *above = xasprintf("%s/state", rig->folder);

    journal_rig_pair(rig, "done");
    assert_int_equal(chmod(folder, 0770), 0);
    refused(rig, "nobody else may write to it");
    assert_int_equal(chmod(folder, 0702), 0);
    refused(rig, "nobody else may write to it");
    assert_int_equal(chmod(folder, 0755), 0);
    check(rig, JOURNAL_WHOLE);
    assert_int_equal(chmod(above, 0777), 0);
    refused(rig, "Everybody may write to the folder above");
    assert_int_equal(chmod(above, 01777), 0);
    check(rig, JOURNAL_WHOLE);
    free(above);
    free(folder);
}

static void a_disk_that_takes_nothing_names_the_way_out(void **state)
{
    static const struct {
        int number;
        const char *words;
    } rows[] = {{ENOSPC, "XDG_STATE_HOME"},
                {EDQUOT, "XDG_STATE_HOME"},
                {EROFS, "XDG_STATE_HOME"},
                {EACCES, "XDG_STATE_HOME"},
                {EIO, NULL}};
    (void)state;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct err err = {0};

        assert_false(journal_fail("/x/journal.jsonl", "written", rows[i].number, &err));
        assert_int_equal(err.status, rows[i].number);
        assert_non_null(strstr(err.text, strerrordesc_np(rows[i].number)));
        assert_true((strstr(err.text, "XDG_STATE_HOME") != NULL) == (rows[i].words != NULL));
    }
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, journal_rig_setup, journal_rig_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(is_made_with_the_first_line),
        TEST(a_lost_journal_is_said),
        TEST(an_emptied_journal_is_said),
        TEST(a_journal_without_its_last_line_is_said),
        TEST(a_journal_cut_inside_its_last_line_is_said),
        TEST(a_last_line_of_another_journal_is_said),
        TEST(a_changed_line_is_said),
        TEST(a_lost_head_is_said),
        TEST(a_head_that_says_nothing_is_said),
        TEST(a_journal_goes_on_from_its_head),
        TEST(a_head_may_come_before_the_first_line),
        TEST(what_goes_on_must_be_whole),
        TEST(a_torn_last_line_is_told_and_cut_off),
        TEST(what_a_person_accepted_stays_as_it_was),
        TEST(the_first_version_is_taken_as_it_is),
        TEST(a_changed_first_version_is_said),
        TEST(a_pipe_or_a_device_is_refused),
        TEST(a_folder_that_others_may_write_to_is_refused),
        TEST(a_disk_that_takes_nothing_names_the_way_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
