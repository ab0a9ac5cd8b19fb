/* The real program against a real server, in a terminal: start, resizes, ^Z, every way to end, and
 * a server that stopped answering. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "support/sandbox.h"
#include "terminal/vt.h"

#include "base/banned.h"

struct console {
    struct sandbox_process *sandbox;
    struct vt *vt;
    char *env[3];
};

static void set_env(struct console *console)
{
    console->env[0] = xasprintf("PORTKEY_BASE_URL=%s", sandbox_base_url(console->sandbox));
    console->env[1] = xasprintf("PORTKEY_API_KEY=%s", sandbox_admin_key(console->sandbox, 0));
    console->env[2] = NULL;
}

static struct console start_with(const char *const *sandbox, const char *const *argv,
                                 const char *asan)
{
    struct console console = {.sandbox = sandbox_start(sandbox)};
    struct vt_options options = {.asan = asan};

    set_env(&console);
    options.env = (const char *const *)console.env;
    console.vt = vt_open(&options, argv);
    return console;
}

static struct console start(const char *const *argv, const char *asan)
{
    static const char *const seed[] = {"--seed", "demo", NULL};

    return start_with(seed, argv, asan);
}

static struct console start_console(const char *asan)
{
    static const char *const argv[] = {PORTCULLIS, NULL};

    return start(argv, asan);
}

static void finish(struct console *console)
{
    vt_close(console->vt);
    sandbox_stop(console->sandbox);
    for (size_t i = 0; i < sizeof(console->env) / sizeof(console->env[0]); i++) {
        free(console->env[i]);
    }
}

static void check_sane(struct vt *vt)
{
    int x, y;

    vt_assert(vt, !vt_alternate(vt));
    vt_assert(vt, vt_cursor(vt, &x, &y));
    vt_assert(vt, vt_modes_restored(vt));
}

/* Everything is read and shown, at 80 columns. */
static void wait_loaded(struct vt *vt)
{
    vt_wait(vt, "READ-ONLY");
    vt_wait(vt, "data <1m");
    vt_send(vt, "4");
    vt_wait_row(vt, 1, "> Keys");
    vt_wait_row(vt, 23, "F1help");
    vt_wait_gone(vt, "so far");
    vt_wait_gone(vt, "Esc stops");
    vt_quiet(vt);
}

static void quit(struct console *console)
{
    vt_send(console->vt, "\033[21~");
    vt_assert(console->vt, vt_wait_end(console->vt) == 0);
    check_sane(console->vt);
    finish(console);
}

static void ends_by(struct console *console, int signo)
{
    int status = vt_wait_end(console->vt);

    vt_assert(console->vt, WIFSIGNALED(status) && WTERMSIG(status) == signo);
    check_sane(console->vt);
    finish(console);
}

static void test_start_and_quit(void **state)
{
    struct console console = start_console(NULL);

    (void)state;
    wait_loaded(console.vt);
    vt_assert(console.vt, vt_alternate(console.vt));
    /* A key shows at once, and ESC alone is a key too. */
    vt_send(console.vt, "?");
    vt_wait_row(console.vt, 1, "> Help");
    vt_send(console.vt, "\033");
    vt_wait_gone(console.vt, "> Help");
    vt_assert(console.vt, strstr(vt_row(console.vt, 1), "> Keys") != NULL);
    quit(&console);
}

static void write_profile(struct vt *vt, const char *name, const char *text)
{
    char *folder = xasprintf("%s/.config/portcullis/profiles", vt_home(vt));
    char *path = xasprintf("%s/%s.ini", folder, name);
    struct err err = {0};

    vt_assert(vt, file_mkdirs(folder, &err));
    vt_assert(vt, file_write_atomic(path, text, strlen(text), 0600, &err));
    free(path);
    free(folder);
}

/* Made by another process while the console runs: r shows it, and what cannot be used is said. */
static void test_a_profile_made_elsewhere(void **state)
{
    struct console console = start_console(NULL);
    struct vt *vt = console.vt;

    (void)state;
    wait_loaded(vt);
    vt_send(vt, "1");
    vt_wait_row(vt, 1, "1/1 profile");
    write_profile(vt, "later", "base_url = https://later.example/v1\nkey = ask\ntag = EU\n");
    vt_send(vt, "r");
    vt_wait_row(vt, 1, "1/2 profiles");
    vt_assert(vt, vt_find(vt, "later") > 0);
    write_profile(vt, "broken", "nonsense\n");
    vt_send(vt, "r");
    vt_wait(vt, "broken");
    quit(&console);
}

/* % lets the terminal report the mouse and says so; a press chooses the row under it. */
static void test_mouse(void **state)
{
    struct console console = start_console(NULL);
    struct vt *vt = console.vt;
    size_t before;

    (void)state;
    wait_loaded(vt);
    vt_assert(vt, vt_cell(vt, 20, 4).attrs.reverse);
    vt_send(vt, "%");
    vt_wait(vt, "The mouse is on");
    vt_assert(vt, vt_sent(vt, 0, "\033[?1000h\033[?1006h"));
    vt_send(vt, "\033[<0;21;8M\033[<0;21;8m");
    vt_quiet(vt);
    vt_assert(vt, vt_cell(vt, 20, 7).attrs.reverse);
    vt_assert(vt, !vt_cell(vt, 20, 4).attrs.reverse);
    before = vt_bytes(vt);
    vt_send(vt, "%");
    vt_wait(vt, "The mouse is off");
    vt_assert(vt, vt_sent(vt, before, "\033[?1000l"));
    quit(&console);
}

/* The rule below the heads is as wide as the screen, the footer at its end. */
static void wait_fits(struct vt *vt, int width, int height)
{
    vt_wait_row(vt, height - 1, "F1help");
    vt_quiet(vt);
    vt_assert(vt, vt_cell(vt, width - 1, 3).chars[0] == 0x2500);
}

static void test_resize_storm(void **state)
{
    struct console console = start_console(NULL);

    (void)state;
    wait_loaded(console.vt);
    for (int round = 0; round < 8; round++) {
        int width = 80 + round;
        int height = 24 + round % 5;

        for (int i = 0; i < 40; i++) {
            vt_resize(console.vt, 20 + i * 7 % 160, 5 + i % 40);
            if (i % 8 == round) {
                vt_pump(console.vt, 0);
            }
        }
        vt_resize(console.vt, width, height);
        wait_fits(console.vt, width, height);
    }
    quit(&console);
}

static void test_suspend(void **state)
{
    static const char *const argv[] = {
        "/bin/bash", "-c",
        "set -m; " PORTCULLIS "; echo stopped=$?; read x; fg >/dev/null; echo done=$?", NULL};
    struct console console = start(argv, NULL);
    struct vt *vt = console.vt;

    (void)state;
    wait_loaded(vt);
    vt_send(vt, "\032");
    vt_wait(vt, "stopped=148");
    check_sane(vt);
    vt_resize(vt, 90, 30);
    vt_send(vt, "\n");
    wait_fits(vt, 90, 30);
    vt_assert(vt, vt_alternate(vt));
    vt_send(vt, "\033[21~");
    vt_wait(vt, "done=0");
    vt_wait_end(vt);
    check_sane(vt);
    finish(&console);
}

static void test_signals(void **state)
{
    static const int signals[] = {SIGTERM, SIGHUP, SIGINT, SIGQUIT};

    (void)state;
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
        struct console console = start_console(NULL);

        /* Whether it is still loading or not. */
        vt_wait(console.vt, "READ-ONLY");
        kill(vt_pid(console.vt), signals[i]);
        ends_by(&console, signals[i]);
    }
}

static void test_crash(void **state)
{
    static const int signals[] = {SIGSEGV, SIGABRT, SIGBUS};

    (void)state;
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
        struct console console = start_console("handle_segv=0:handle_sigbus=0:handle_abort=0");

        wait_loaded(console.vt);
        kill(vt_pid(console.vt), signals[i]);
        ends_by(&console, signals[i]);
    }
}

static void test_terminal_gone(void **state)
{
    struct console console = start_console(NULL);
    int status;

    (void)state;
    wait_loaded(console.vt);
    vt_hang_up(console.vt);
    status = vt_wait_end(console.vt);
    vt_assert(console.vt,
              (WIFSIGNALED(status) && WTERMSIG(status) == SIGHUP) || status == 129 << 8);
    finish(&console);
}

/* A server that stopped: keys answer, the state line says what is waited for, Esc gives up, what
 * was read stays, and once the server goes on all is well again. */
static void test_stopped_server(void **state)
{
    struct console console = start_console(NULL);
    struct vt *vt = console.vt;
    char *first;

    (void)state;
    wait_loaded(vt);
    first = xstrdup(vt_row(vt, 4));
    assert_true(strlen(first) > 10);
    kill(sandbox_pid(console.sandbox), SIGSTOP);
    vt_send(vt, "r");
    vt_wait(vt, "Esc stops");
    vt_assert(vt, vt_find(vt, "refreshing") >= 0);
    vt_wait(vt, "no answer for"); /* no key needed: it counts by itself */
    vt_send(vt, "3");
    vt_wait_row(vt, 1, "> People");
    vt_send(vt, "4");
    vt_wait_row(vt, 1, "> Keys");
    vt_wait_row(vt, 4, first);
    vt_send(vt, "\033");
    vt_wait(vt, "Stopped.");
    vt_assert(vt, strstr(vt_row(vt, 4), first) != NULL);
    vt_assert(vt, vt_find(vt, "Esc stops") < 0);
    kill(sandbox_pid(console.sandbox), SIGCONT);
    vt_send(vt, "r");
    vt_wait_gone(vt, "Stopped.");
    vt_wait_gone(vt, "Esc stops");
    vt_assert(vt, vt_find(vt, "data <1m") == 0);
    free(first);
    quit(&console);
}

/* Leaving while a write is open is asked about, then it waits for its end; a second ^C ends that
 * too, and the terminal says what is not known and how to find out. */
static void test_break_off_a_write(void **state)
{
    static const char *const slow[] = {"--seed", "demo", "--fault",
                                       "DELETE:/api-keys:delay-ms=60000", NULL};
    static const char *const argv[] = {PORTCULLIS, NULL};
    struct console console = start_with(slow, argv, NULL);
    struct vt *vt = console.vt;
    int status;

    (void)state;
    wait_loaded(vt);
    vt_send(vt, "!");
    vt_wait(vt, "ARMED");
    vt_send(vt, "/gira-app\r");
    vt_wait(vt, "filter: gira-app");
    vt_send(vt, "X");
    vt_wait(vt, "Cannot be undone");
    vt_key(vt, VTERM_KEY_UP);
    vt_send(vt, "REVOKE RvI\t\t\r");
    vt_wait(vt, "It was sent");
    vt_send(vt, "\003");
    vt_wait(vt, "Ctrl-C ends at once");
    vt_assert(vt, !vt_alternate(vt));
    vt_send(vt, "\003");
    status = vt_wait_end(vt);
    vt_assert(vt, WIFEXITED(status) && WEXITSTATUS(status) == 6);
    vt_assert(vt, vt_find(vt, "OUTCOME UNKNOWN") >= 0);
    check_sane(vt);
    finish(&console);
}

/* What the journal of its home holds (gives). */
static char *read_journal(struct vt *vt)
{
    char *path = xasprintf("%s/.local/state/portcullis/journal.jsonl", vt_home(vt));
    struct buf text;
    struct err err = {0};

    buf_init(&text, 0);
    vt_assert(vt, file_read(path, &text, &err));
    free(path);
    return buf_take(&text);
}

/* Killed on the screen of a new secret: the journal tells whether it was shown, so that the next
 * start knows whether anybody may have it. */
static void killed_at_the_secret(bool shown)
{
    struct console console = start_console(NULL);
    struct vt *vt = console.vt;
    char *journal;
    int status;

    wait_loaded(vt);
    vt_send(vt, "!");
    vt_wait(vt, "ARMED");
    vt_send(vt, "n");
    vt_wait(vt, "step 1 of 5");
    vt_key(vt, VTERM_KEY_DOWN);
    vt_key(vt, VTERM_KEY_DOWN);
    vt_send(vt, "\016auditor\016p");
    vt_wait(vt, "audit");
    vt_send(vt, "audit\r");
    vt_send(vt, "\033[18~");
    vt_wait(vt, "[ Create ]");
    vt_quiet(vt);
    vt_send(vt, "\t\r");
    vt_wait(vt, "Read back");
    if (shown) {
        vt_send(vt, "\r");
        vt_wait_gone(vt, "hidden");
        vt_quiet(vt);
    }
    kill(vt_pid(vt), SIGKILL);
    status = vt_wait_end(vt);
    vt_assert(vt, WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    journal = read_journal(vt);
    vt_assert(vt, strstr(journal, "\"kind\":\"made\"") != NULL);
    vt_assert(vt, (strstr(journal, "\"kind\":\"handing\"") != NULL) == shown);
    free(journal);
    finish(&console);
}

static void test_killed_at_the_secret(void **state)
{
    (void)state;
    killed_at_the_secret(false);
    killed_at_the_secret(true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_start_and_quit),
        cmocka_unit_test(test_mouse),
        cmocka_unit_test(test_a_profile_made_elsewhere),
        cmocka_unit_test(test_resize_storm),
        cmocka_unit_test(test_suspend),
        cmocka_unit_test(test_signals),
        cmocka_unit_test(test_crash),
        cmocka_unit_test(test_terminal_gone),
        cmocka_unit_test(test_stopped_server),
        cmocka_unit_test(test_break_off_a_write),
        cmocka_unit_test(test_killed_at_the_secret),
    };

    return cmocka_run_group_tests_name("terminal.console", tests, NULL, NULL);
}
