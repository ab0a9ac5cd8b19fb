#include "keyring/bus.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/buf.h"

#include "base/banned.h"

#define DEADLINE_MS 20000

const struct keyring_entry ENTRY = {"prod", SERVICE};

int setup(void **state)
{
    struct fixture *f = xcalloc(1, sizeof(*f));

    assert_true(secret_setup());
    f->loop = loop_new();
    f->keyring = keyring_new(f->loop, HELPER);
    *state = f;
    return 0;
}

int teardown(void **state)
{
    struct fixture *f = *state;

    keyring_free(f->keyring);
    loop_free(f->loop);
    free(f);
    return 0;
}

enum keyring_outcome ask_get(struct fixture *f, const struct keyring_entry *entry)
{
    f->answer = (struct answer){0};
    keyring_get(f->keyring, entry, DEADLINE_MS, answer_take, &f->answer);
    answer_wait(f->loop, &f->answer);
    return f->answer.outcome;
}

enum keyring_outcome ask_set(struct fixture *f, const struct keyring_entry *entry, const char *text)
{
    struct secret *key = secret_new(text, strlen(text));

    f->answer = (struct answer){0};
    keyring_set(f->keyring, entry, key, DEADLINE_MS, answer_take, &f->answer);
    secret_free(key);
    answer_wait(f->loop, &f->answer);
    return f->answer.outcome;
}

enum keyring_outcome ask_delete(struct fixture *f, const struct keyring_entry *entry)
{
    f->answer = (struct answer){0};
    keyring_delete(f->keyring, entry, DEADLINE_MS, answer_take, &f->answer);
    answer_wait(f->loop, &f->answer);
    return f->answer.outcome;
}

char *shell(const char *command)
{
    FILE *pipe = popen(command, "re"); /* NOLINT(cert-env33-c): a fixed command of the test */
    struct buf out;
    int c;

    assert_non_null(pipe);
    buf_init(&out, 0);
    while ((c = fgetc(pipe)) != EOF) {
        buf_addc(&out, (char)c);
    }
    pclose(pipe);
    return buf_take(&out);
}

pid_t daemon_pid(void)
{
    const char *text = getenv("PORTCULLIS_TEST_DAEMON");

    assert_non_null(text);
    return (pid_t)strtol(text, NULL, 10);
}

void lock_keyring(void)
{
    free(shell("gdbus call --session --dest org.freedesktop.secrets "
               "--object-path /org/freedesktop/secrets "
               "--method org.freedesktop.Secret.Service.Lock "
               "\"['/org/freedesktop/secrets/collection/login']\" 2>&1"));
}

pid_t start_locked_daemon(void)
{
    char name[] = "gnome-keyring-daemon", foreground[] = "--foreground",
         components[] = "--components=secrets";
    char *const argv[] = {name, foreground, components, NULL};
    pid_t pid = fork();

    if (pid == 0) {
        (void)!freopen("/dev/null", "w", stderr);
        (void)!freopen("/dev/null", "w", stdout);
        execvp(argv[0], argv);
        _exit(127);
    }
    free(shell("gdbus wait --session --timeout 20 org.freedesktop.secrets"));
    return pid;
}
