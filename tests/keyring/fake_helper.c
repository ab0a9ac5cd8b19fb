/* A helper that misbehaves in one way, named by PORTCULLIS_TEST_HELPER; an argument of the way
 * stands behind a colon. "profile": what the profile that is asked about is named after; any other
 * name waits for ever. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "keyring/helper_wire.h"
#include "keyring/keyring.h"

#include "base/banned.h"

static unsigned char request[HELPER_REQUEST_MAX];
static size_t request_len;

static void reply(enum keyring_outcome outcome, const char *field, size_t said_len)
{
    const unsigned char head[] = {HELPER_REPLY_MARK, (unsigned char)outcome,
                                  (unsigned char)(said_len >> 8), (unsigned char)(said_len & 0xff)};

    (void)!write(STDIN_FILENO, head, sizeof(head));
    (void)!write(STDIN_FILENO, field, strlen(field));
}

static void copy_file(int to, const char *path)
{
    char step[4096];
    int from = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got;

    while ((got = read(from, step, sizeof(step))) > 0) {
        (void)!write(to, step, (size_t)got);
    }
    close(from);
}

/* Writes down what others can see of this process, then (in FILE.request) what it was asked. */
static void record(const char *path)
{
    char name[512];
    char number[32];
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    copy_file(fd, "/proc/self/cmdline");
    copy_file(fd, "/proc/self/environ");
    close(fd);
    snprintf(name, sizeof(name), "%s.request", path);
    fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    (void)!write(fd, request, request_len);
    close(fd);
    snprintf(name, sizeof(name), "%s.pid", path);
    fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    snprintf(number, sizeof(number), "%d", (int)getpid());
    (void)!write(fd, number, strlen(number));
    close(fd);
}

static void hang(void)
{
    for (;;) {
        pause();
    }
}

/* The keyring of a profile that is named after what becomes of it. */
static void follow_name(void)
{
    static const struct {
        const char *name;
        enum keyring_outcome outcome;
    } NAMES[] = {
        {"nothing-stored", KEYRING_NONE},
        {"locked", KEYRING_LOCKED},
        {"dismissed", KEYRING_DISMISSED},
        {"no-bus", KEYRING_NO_BUS},
        {"no-service", KEYRING_NO_SERVICE},
        {"no-keyring", KEYRING_NO_PROMPT},
        {"refused", KEYRING_REFUSED},
        {"late", KEYRING_TIMEOUT},
        {"died", KEYRING_DIED},
        {"unknown", KEYRING_OTHER},
    };
    size_t len = request_len < 5 ? 0 : request[4];

    for (size_t i = 0; i < sizeof(NAMES) / sizeof(NAMES[0]); i++) {
        if (strlen(NAMES[i].name) == len && memcmp(request + 5, NAMES[i].name, len) == 0) {
            reply(NAMES[i].outcome, "", 0);
            _exit(0);
        }
    }
    hang();
}

int main(void)
{
    const char *way = getenv("PORTCULLIS_TEST_HELPER");
    const char *argument;
    ssize_t got;

    while ((got = read(STDIN_FILENO, request + request_len, sizeof(request) - request_len)) > 0) {
        request_len += (size_t)got;
    }
    if (way == NULL) {
        _exit(9);
    }
    argument = strchr(way, ':');
    argument = argument == NULL ? "" : argument + 1;
    if (strncmp(way, "hang", 4) == 0) {
        record(argument);
        hang();
    } else if (strncmp(way, "closes", 6) == 0) {
        record(argument);
        shutdown(STDIN_FILENO, SHUT_RDWR);
        hang();
    } else if (strncmp(way, "lingers", 7) == 0) {
        record(argument);
        reply(KEYRING_OK, "lingering-key", strlen("lingering-key"));
        hang();
    } else if (strncmp(way, "record", 6) == 0) {
        record(argument);
        reply(KEYRING_OK, "", 0);
    } else if (strncmp(way, "half", 4) == 0) {
        reply(KEYRING_OK, "half", 30);
    } else if (strncmp(way, "garbage", 7) == 0) {
        (void)!write(STDIN_FILENO, "** hello **", 11);
    } else if (strncmp(way, "huge", 4) == 0) {
        reply(KEYRING_OK, "", 65535);
    } else if (strncmp(way, "unheard", 7) == 0) {
        reply((enum keyring_outcome)77, "", 0);
    } else if (strcmp(way, "profile") == 0) {
        follow_name();
    } else if (strncmp(way, "key", 3) == 0) {
        reply(KEYRING_OK, argument, strlen(argument));
    } else if (strncmp(way, "outcome", 7) == 0) {
        reply((enum keyring_outcome)strtol(argument, NULL, 10), "some-error 5",
              strlen("some-error 5"));
    }
    _exit(0);
}
