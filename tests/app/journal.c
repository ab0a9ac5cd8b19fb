/* The journal: the chain from the first line on, tampering, a line cut by a crash, unresolved
 * intents, a disk that does not take it. */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "app/journal_rig.h"
#include "base/alloc.h"
#include "base/buf.h"
#include "base/file.h"
#include "base/secret.h"

#include "base/banned.h"

static void missing_is_empty(void **state)
{
    struct journal_report report = journal_rig_report(*state);

    assert_int_equal(report.lines, 0);
    assert_int_equal(report.broken, 0);
}

static void keeps_the_chain(void **state)
{
    struct journal_rig *fx = *state;
    struct journal_report report;
    struct stat st;

    for (int i = 0; i < 5; i++) {
        journal_rig_pair(fx, "done");
    }
    report = journal_rig_report(fx);
    assert_int_equal(report.lines, 10);
    assert_int_equal(report.broken, 0);
    assert_int_equal(report.cut, 0);
    assert_int_equal(report.open_count, 0);
    journal_report_done(&report);
    assert_int_equal(stat(fx->path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
}

static void names_what_is_open(void **state)
{
    struct journal_rig *fx = *state;
    struct journal_report report;
    char id[JOURNAL_ID_SIZE];
    struct err err = {0};

    journal_rig_pair(fx, "done");
    assert_true(journal_write_intent(fx->journal, &journal_rig_revocation, id, &err));
    journal_rig_pair(fx, "refused");
    report = journal_rig_report(fx);
    assert_int_equal(report.open_count, 1);
    assert_string_equal(report.open[0].id, id);
    assert_string_equal(report.open[0].act, "revoke-key");
    assert_string_equal(report.open[0].profile, "acme");
    assert_string_equal(report.open[0].target, journal_rig_revocation.target);
    assert_true(report.open[0].held);
    assert_true(report.open[0].time >= 1777777777000);
    journal_report_done(&report);
}

/* What nobody knows the end of is told until something later settles it. */
static void names_what_is_unknown(void **state)
{
    struct journal_rig *fx = *state;
    struct journal_intent creation = {.act = "create-key",
                                      .profile = "acme",
                                      .base_url = journal_rig_revocation.base_url,
                                      .name = "dbl",
                                      .workspace = "ws-1",
                                      .method = "POST"};
    struct journal_outcome unknown = {.result = "unknown", .target = "id-1"};
    struct journal_outcome refused = {.result = "refused"}, done = {.result = "done"};
    struct journal_report report;
    char id[JOURNAL_ID_SIZE];
    struct err err = {0};

    assert_true(journal_write_intent(fx->journal, &creation, id, &err));
    assert_true(journal_write_outcome(fx->journal, id, &unknown, &err));
    assert_true(journal_write_intent(fx->journal, &creation, id, &err));
    assert_true(journal_write_outcome(fx->journal, id, &refused, &err));
    assert_true(journal_read(fx->journal, &report, &err));
    assert_int_equal(report.open_count, 1);
    assert_int_equal(report.open[0].state, JOURNAL_UNKNOWN);
    assert_string_equal(report.open[0].name, "dbl");
    assert_string_equal(report.open[0].workspace, "ws-1");
    assert_int_equal(report.open[0].candidate_count, 1);
    assert_string_equal(report.open[0].candidates[0], "id-1");
    journal_report_done(&report);
    /* Neither the same name made once more nor one revoked tells what became of it. */
    assert_true(journal_write_intent(fx->journal, &creation, id, &err));
    assert_true(journal_write_outcome(fx->journal, id, &done, &err));
    creation.act = "revoke-key";
    creation.target = "id-1";
    assert_true(journal_write_intent(fx->journal, &creation, id, &err));
    assert_true(journal_write_outcome(fx->journal, id, &done, &err));
    assert_true(journal_read(fx->journal, &report, &err));
    assert_int_equal(report.open_count, 1);
    journal_report_done(&report);
}

/* Every single byte of every line is covered: change one, and the chain says where. */
static void sees_every_changed_byte(void **state)
{
    struct journal_rig *fx = *state;
    size_t len, line = 1;
    char *bytes;

    journal_rig_pair(fx, "done");
    journal_rig_pair(fx, "done");
    bytes = journal_rig_slurp(fx, &len);
    for (size_t i = 0; i < len; i += 7) {
        struct journal_report report;
        char old = bytes[i];

        line = 1;
        for (size_t k = 0; k < i; k++) {
            line += bytes[k] == '\n' ? 1 : 0;
        }
        if (old == '\n') {
            continue;
        }
        bytes[i] = old == 'x' ? 'y' : 'x';
        journal_rig_spill(fx, bytes, len);
        report = journal_rig_report(fx);
        assert_true(report.broken > 0);
        assert_true(report.first_broken == line || report.first_broken == line + 1);
        journal_report_done(&report);
        bytes[i] = old;
    }
    free(bytes);
}

/* A later look works with all that was known before the write, and with what happened since. */
static void keeps_what_a_later_look_needs(void **state)
{
    static const char *const seen[] = {"k1", "k2"};
    struct journal_rig *fx = *state;
    struct journal_intent creation = {.act = "create-key",
                                      .profile = "acme",
                                      .base_url = journal_rig_revocation.base_url,
                                      .organisation_id = "org-1",
                                      .own_mask = "Tb*****k3Q",
                                      .kind = "workspace-user",
                                      .name = "dbl",
                                      .workspace = "ws-1",
                                      .owner = "u-1",
                                      .server_time = 1777777776000,
                                      .seen = seen,
                                      .seen_count = 2,
                                      .newest = 1777777700000};
    struct journal_report report;
    const struct journal_open *open;
    char id[JOURNAL_ID_SIZE];
    struct err err = {0};

    assert_true(journal_write_intent(fx->journal, &creation, id, &err));
    report = journal_rig_report(fx);
    open = &report.open[0];
    assert_string_equal(open->organisation_id, "org-1");
    assert_string_equal(open->own_mask, "Tb*****k3Q");
    assert_string_equal(open->kind, "workspace-user");
    assert_string_equal(open->owner, "u-1");
    assert_int_equal(open->seen_count, 2);
    assert_string_equal(open->seen[1], "k2");
    assert_true(open->newest == 1777777700000 && open->server_time == 1777777776000);
    assert_false(open->blind || open->young || open->first_version || open->handing || open->taken);
    assert_string_equal(open->made, "");
    journal_report_done(&report);

    assert_true(journal_write_event(fx->journal, id, "made", "k3", "aB*****z9", &err));
    assert_true(journal_write_event(fx->journal, id, "handing", "k3", NULL, &err));
    assert_true(journal_write_event(fx->journal, id, "candidate", "k4", NULL, &err));
    assert_true(journal_write_event(fx->journal, id, "candidate", "k4", NULL, &err));
    report = journal_rig_report(fx);
    open = &report.open[0];
    assert_string_equal(open->made, "k3");
    assert_string_equal(open->made_mask, "aB*****z9");
    assert_true(open->handing);
    assert_false(open->taken);
    assert_int_equal(open->candidate_count, 1);
    assert_int_equal(report.named_count, 1);
    assert_string_equal(report.named[0].id, "k3");
    assert_string_equal(report.named[0].intent, id);
    assert_int_equal(report.broken, 0);
    journal_report_done(&report);
}

/* A 200 to a DELETE counts until reads have shown it to be worth nothing. */
static void keeps_an_accepted_delete(void **state)
{
    struct journal_rig *fx = *state;
    struct journal_outcome accepted = {.result = "accepted", .reading = "403 AB03 at 11:02:03Z"};
    struct journal_report report;
    char id[JOURNAL_ID_SIZE];
    struct err err = {0};

    assert_true(journal_write_intent(fx->journal, &journal_rig_revocation, id, &err));
    assert_true(journal_write_event(fx->journal, id, "accepted", journal_rig_revocation.target,
                                    NULL, &err));
    report = journal_rig_report(fx);
    assert_true(report.open[0].accepted);
    assert_int_equal(report.open[0].state, JOURNAL_SENT);
    journal_report_done(&report);
    assert_true(journal_write_outcome(fx->journal, id, &accepted, &err));
    report = journal_rig_report(fx);
    assert_int_equal(report.open_count, 1);
    assert_int_equal(report.open[0].state, JOURNAL_ACCEPTED);
    journal_report_done(&report);
    assert_true(
        journal_write_event(fx->journal, id, "void", journal_rig_revocation.target, NULL, &err));
    report = journal_rig_report(fx);
    assert_false(report.open[0].accepted);
    journal_report_done(&report);
}

/* Who works on an intent is seen by a lock, which dies with its process and by nothing else. */
static void an_intent_is_held_by_its_writer(void **state)
{
    struct journal_rig *fx = *state;
    struct journal *other = journal_new(fx->path, &fx->clock);
    struct journal_outcome unknown = {.result = "unknown"};
    struct journal_report report;
    char id[JOURNAL_ID_SIZE];
    struct err err = {0};
    int status = 0;
    pid_t child = fork();

    if (child == 0) {
        _exit(journal_write_intent(fx->journal, &journal_rig_revocation, id, &err) ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    report = journal_rig_report(fx);
    assert_false(report.open[0].held); /* whoever has that number by now */
    journal_report_done(&report);

    assert_true(journal_write_intent(other, &journal_rig_revocation, id, &err));
    report = journal_rig_report(fx);
    assert_true(report.open[1].held);
    journal_report_done(&report);
    assert_true(journal_write_outcome(other, id, &unknown, &err));
    report = journal_rig_report(fx);
    assert_false(report.open[1].held);
    journal_report_done(&report);

    assert_true(journal_write_intent(other, &journal_rig_revocation, id, &err));
    journal_let_go(other, id);
    report = journal_rig_report(fx);
    assert_false(report.open[2].held);
    journal_report_done(&report);
    journal_free(other);
}

static void sees_a_line_taken_out(void **state)
{
    struct journal_rig *fx = *state;
    struct journal_report report;
    size_t len;
    char *bytes, *second, *third;

    journal_rig_pair(fx, "done");
    journal_rig_pair(fx, "done");
    bytes = journal_rig_slurp(fx, &len);
    second = strchr(bytes, '\n') + 1;
    third = strchr(second, '\n') + 1;
    memmove(second, third, len - (size_t)(third - bytes));
    journal_rig_spill(fx, bytes, len - (size_t)(third - second));
    report = journal_rig_report(fx);
    assert_int_equal(report.first_broken, 2);
    journal_report_done(&report);

    /* The first line too: the chain starts from nothing. */
    journal_rig_spill(fx, second, strlen(second) - (size_t)(third - second));
    report = journal_rig_report(fx);
    assert_int_equal(report.first_broken, 1);
    journal_report_done(&report);
    free(bytes);
}

/* A crash cuts the line that was being written, which the head does not speak of yet. */
static void mends_a_cut_line(void **state)
{
    struct journal_rig *fx = *state;
    struct journal_outcome outcome = {.result = "done"};
    char id[JOURNAL_ID_SIZE], *bytes, *head;
    size_t len, first_line;
    struct err err = {0};
    struct journal_report report;

    assert_true(journal_write_intent(fx->journal, &journal_rig_revocation, id, &err));
    head = journal_rig_head(fx);
    assert_true(journal_write_outcome(fx->journal, id, &outcome, &err));
    bytes = journal_rig_slurp(fx, &len);
    first_line = (size_t)(strchr(bytes, '\n') - bytes) + 1;
    for (size_t cut = first_line + 1; cut < len - 1; cut += 31) {
        journal_rig_spill(fx, bytes, cut);
        journal_rig_put_head(fx, head);
        report = journal_rig_report(fx);
        assert_true(report.cut_tail);
        assert_int_equal(report.broken, 0);
        assert_int_equal(report.damage, JOURNAL_WHOLE);
        assert_int_equal(report.open_count, 1); /* its outcome is what was cut */
        journal_report_done(&report);
        journal_rig_pair(fx, "done");
        report = journal_rig_report(fx);
        assert_int_equal(report.damage, JOURNAL_WHOLE);
        assert_int_equal(report.cut, 1);
        assert_false(report.cut_tail);
        assert_int_equal(report.lines, 4);      /* intent, note, intent, outcome */
        assert_int_equal(report.open_count, 0); /* its target is proven gone by now */
        journal_report_done(&report);
    }
    /* Only the newline is missing: the line is whole. */
    journal_rig_spill(fx, bytes, len - 1);
    journal_rig_put_head(fx, head);
    journal_rig_pair(fx, "done");
    report = journal_rig_report(fx);
    assert_int_equal(report.damage, JOURNAL_WHOLE);
    assert_int_equal(report.cut, 0);
    assert_int_equal(report.lines, 4);
    journal_report_done(&report);
    free(head);
    free(bytes);
}

static void refuses_a_file_that_others_read(void **state)
{
    struct journal_rig *fx = *state;
    char id[JOURNAL_ID_SIZE] = "";
    struct err err = {0};

    journal_rig_pair(fx, "done");
    assert_int_equal(chmod(fx->path, 0644), 0);
    assert_false(journal_write_intent(fx->journal, &journal_rig_revocation, id, &err));
    assert_int_equal(err.kind, ERR_FILE);
    assert_string_equal(id, "");
    assert_int_equal(unlink(fx->path), 0);
    assert_int_equal(symlink("/tmp/elsewhere", fx->path), 0);
    assert_false(journal_write_intent(fx->journal, &journal_rig_revocation, id, &err));
}

/* A file size limit is the full disk that every machine has. */
static void a_full_disk_leaves_it_whole(void **state)
{
    struct journal_rig *fx = *state;
    struct journal_report report;
    struct stat st;
    int status = 0;
    pid_t child;

    journal_rig_pair(fx, "done");
    assert_int_equal(stat(fx->path, &st), 0);
    child = fork();
    if (child == 0) {
        struct rlimit limit = {(rlim_t)st.st_size + 40, (rlim_t)st.st_size + 40};
        char id[JOURNAL_ID_SIZE];
        struct err err = {0};

        signal(SIGXFSZ, SIG_IGN);
        setrlimit(RLIMIT_FSIZE, &limit);
        _exit(!journal_write_intent(fx->journal, &journal_rig_revocation, id, &err) &&
                      err.kind == ERR_FILE
                  ? 7
                  : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(WEXITSTATUS(status), 7);
    report = journal_rig_report(fx);
    assert_int_equal(report.broken, 0);
    assert_int_equal(report.lines, 2);
    assert_false(report.cut_tail);
    journal_report_done(&report);
}

static void a_held_lock_does_not_hang(void **state)
{
    struct journal_rig *fx = *state;
    char id[JOURNAL_ID_SIZE];
    struct err err = {0};
    int fd;

    journal_rig_pair(fx, "done");
    fd = open(fx->path, O_RDONLY | O_CLOEXEC);
    assert_int_equal(flock(fd, LOCK_EX), 0);
    assert_false(journal_write_intent(fx->journal, &journal_rig_revocation, id, &err));
    assert_non_null(strstr(err.text, "Another console"));
    close(fd);
    assert_true(journal_write_intent(fx->journal, &journal_rig_revocation, id, &err));
}

static void many_writers_keep_one_chain(void **state)
{
    struct journal_rig *fx = *state;
    struct journal_report report;
    pid_t children[4];

    for (size_t i = 0; i < 4; i++) {
        children[i] = fork();
        if (children[i] == 0) {
            char id[JOURNAL_ID_SIZE];
            bool ok = true;

            for (int n = 0; n < 10; n++) {
                struct err err = {0};

                ok = journal_write_intent(fx->journal, &journal_rig_revocation, id, &err) && ok;
            }
            _exit(ok ? 0 : 1);
        }
    }
    for (size_t i = 0; i < 4; i++) {
        int status = 0;

        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        assert_int_equal(status, 0);
    }
    report = journal_rig_report(fx);
    assert_int_equal(report.lines, 40);
    assert_int_equal(report.broken, 0);
    assert_int_equal(report.open_count, 40);
    assert_false(report.open[0].held);
    journal_report_done(&report);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, journal_rig_setup, journal_rig_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(missing_is_empty),
        TEST(keeps_the_chain),
        TEST(names_what_is_open),
        TEST(names_what_is_unknown),
        TEST(keeps_what_a_later_look_needs),
        TEST(keeps_an_accepted_delete),
        TEST(an_intent_is_held_by_its_writer),
        TEST(sees_every_changed_byte),
        TEST(sees_a_line_taken_out),
        TEST(mends_a_cut_line),
        TEST(refuses_a_file_that_others_read),
        TEST(a_full_disk_leaves_it_whole),
        TEST(a_held_lock_does_not_hang),
        TEST(many_writers_keep_one_chain),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
