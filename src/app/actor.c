#include "app/actor.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"

#include "base/banned.h"

#define NAME_MAX 40

/* What agents set for the programs they run. */
static const struct agent_variable {
    const char *name;
    bool prefix; /* what goes on from here counts too */
    bool names;  /* its value is the agent's name */
} VARIABLES[] = {
    {"AI_AGENT", false, true},  {"AGENT", false, true},         {"CLAUDECODE", false, false},
    {"CODEX_", true, false},    {"CURSOR_AGENT", false, false}, {"GEMINI_CLI", false, false},
    {"OPENCODE", false, false},
};

static bool is_name(const char *value)
{
    size_t len = strspn(value, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-");

    return len > 0 && len <= NAME_MAX && value[len] == '\0';
}

/* Set to nothing is not set. */
static bool is_set(const struct agent_variable *variable, const char *entry)
{
    size_t len = strlen(variable->name);
    const char *equals = strchr(entry, '=');

    return equals != NULL && equals[1] != '\0' && strncmp(entry, variable->name, len) == 0 &&
           (variable->prefix || entry + len == equals);
}

void actor_of(char *const *environment, bool has_terminal, const char *parent, struct actor *out)
{
    *out = (struct actor){.kind = has_terminal ? ACTOR_PERSON : ACTOR_UNATTENDED};
    snprintf(out->parent, sizeof(out->parent), "%s", is_name(parent) ? parent : "");
    for (size_t i = 0; i < sizeof(VARIABLES) / sizeof(VARIABLES[0]); i++) {
        for (char *const *entry = environment; *entry != NULL; entry++) {
            const char *value = strchr(*entry, '=');

            if (!is_set(&VARIABLES[i], *entry)) {
                continue;
            }
            out->kind = ACTOR_AGENT;
            if (VARIABLES[i].names && is_name(value + 1)) {
                snprintf(out->agent, sizeof(out->agent), "%s", *entry);
            } else {
                snprintf(out->agent, sizeof(out->agent), "%s%s", VARIABLES[i].name,
                         VARIABLES[i].prefix ? "*" : "");
            }
            return;
        }
    }
}

/* One that has us in its foreground: the keys that are typed there are for us. */
static bool has_terminal(void)
{
    int fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
    bool ours = fd >= 0 && tcgetpgrp(fd) == getpgrp();

    if (fd >= 0) {
        close(fd);
    }
    return ours;
}

static void parent_name(char *out, size_t size)
{
    char path[64];
    int fd;
    ssize_t got = 0;

    snprintf(path, sizeof(path), "/proc/%ld/comm", (long)getppid());
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0) {
        got = read(fd, out, size - 1);
        close(fd);
    }
    out[got > 0 ? got : 0] = '\0';
    out[strcspn(out, "\n")] = '\0';
}

void actor_find(struct actor *out)
{
    char parent[32];

    parent_name(parent, sizeof(parent));
    actor_of(environ, has_terminal(), parent, out);
}

const char *actor_name(enum actor_kind kind)
{
    static const char *const NAMES[] = {"person", "unattended", "agent"};

    return NAMES[kind];
}

char *actor_words(const struct actor *actor)
{
    static const char *const WORDS[] = {"a person at a terminal", "nobody at a terminal",
                                        "an agent"};
    bool agent = actor->kind == ACTOR_AGENT;

    return xasprintf("%s%s%s%s%s%s", WORDS[actor->kind], agent ? " (" : "", actor->agent,
                     agent ? ")" : "", actor->parent[0] != '\0' ? ", started by " : "",
                     actor->parent);
}
