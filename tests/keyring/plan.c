#include "keyring/plan.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/file.h"
#include "keyring/answer.h"
#include "keyring/bus.h"

#include "base/banned.h"

#define WAIT_MS 20000

static char folder[] = "/tmp/portcullis-plan.XXXXXX";
static const char *program, *bus_name;
static pid_t running;

static char *in_folder(const char *name)
{
    return file_join(folder, name);
}

/* The name may still be held by the one that was killed last. */
static bool holds_name(void)
{
    char *command = xasprintf("(gdbus wait --session --timeout 1 %s && gdbus call --session --dest "
                              "org.freedesktop.DBus --object-path /org/freedesktop/DBus --method "
                              "org.freedesktop.DBus.GetConnectionUnixProcessID %s) 2>&1",
                              bus_name, bus_name);
    char *pid = xasprintf("(uint32 %d,)", (int)running), *answer = shell(command);
    bool holds = strstr(answer, pid) != NULL;

    free(answer);
    free(pid);
    free(command);
    return holds;
}

static int start(void)
{
    int64_t until = clock_mono_ms() + WAIT_MS;
    char name[] = "by-plan";
    char *const argv[] = {name, folder, NULL};
    int status, code = -1;

    running = fork();
    if (running == 0) {
        execv(program, argv);
        _exit(127);
    }
    while (code < 0) {
        if (holds_name()) {
            code = 0;
        } else if (waitpid(running, &status, WNOHANG) == running) {
            running = 0;
            code = WIFEXITED(status) ? WEXITSTATUS(status) : 1;
        } else if (clock_mono_ms() > until) {
            code = 1;
        }
    }
    return code;
}

int plan_start(const char *path, const char *name)
{
    program = path;
    bus_name = name;
    return mkdtemp(folder) == NULL ? 1 : start();
}

int plan_restart(void)
{
    plan_kill();
    return start();
}

void plan_kill(void)
{
    if (running > 0) {
        kill(running, SIGKILL);
        waitpid(running, NULL, 0);
    }
    running = 0;
}

void plan_end(void)
{
    plan_kill();
    for (size_t i = 0; i < 2; i++) {
        char *path = in_folder(i == 0 ? "plan" : "log");

        unlink(path);
        free(path);
    }
    rmdir(folder);
}

pid_t plan_pid(void)
{
    return running;
}

void plan(const char *text)
{
    char *path = in_folder("plan");

    spill(path, text);
    free(path);
    path = in_folder("log");
    spill(path, "");
    free(path);
}

int plan_count(const char *what)
{
    char *path = in_folder("log"), *text = slurp(path, NULL);
    int times = 0;

    for (const char *at = strstr(text, what); at != NULL; at = strstr(at + 1, what)) {
        times++;
    }
    free(text);
    free(path);
    return times;
}

void plan_wait(struct loop *loop, const char *what)
{
    int64_t until = clock_mono_ms() + WAIT_MS;

    while (plan_count(what) == 0) {
        assert_true(clock_mono_ms() < until);
        loop_turn(loop, 20);
    }
}
