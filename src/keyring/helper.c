/* portcullis-keyring: asks the Secret Service once, over the socket pair on its standard input, and
 * ends. A program of its own because libsecret can hang for ever and GLib aborts when memory runs
 * out: the console sets a deadline and kills it. Nothing secret is in its arguments or environment.
 */
#include <errno.h>
#include <libsecret/secret.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "keyring/helper_asking.h"
#include "keyring/helper_death.h"
#include "keyring/helper_service.h"
#include "keyring/helper_wire.h"
#include "keyring/keyring.h"

#include "base/banned.h"

struct request {
    unsigned char bytes[HELPER_REQUEST_MAX];
    size_t len;
    struct helper_request asked;
};

/* -- request and reply -- */

static bool read_request(struct request *request)
{
    while (request->len < sizeof(request->bytes)) {
        ssize_t got = read(STDIN_FILENO, request->bytes + request->len,
                           sizeof(request->bytes) - request->len);

        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return got == 0;
        }
        request->len += (size_t)got;
    }
    return true;
}

static void send_all(const void *bytes, size_t len)
{
    const char *at = bytes;

    while (len > 0) {
        ssize_t sent = send(STDIN_FILENO, at, len, MSG_NOSIGNAL);

        if (sent < 0 && errno == EINTR) {
            continue;
        }
        if (sent <= 0) {
            return;
        }
        at += sent;
        len -= (size_t)sent;
    }
}

static void send_reply(const struct service_answer *reply)
{
    const char *field = reply->key != NULL                ? reply->key
                        : reply->outcome == KEYRING_OTHER ? reply->detail
                                                          : "";
    size_t len = strlen(field);
    unsigned char head[HELPER_REPLY_HEAD] = {HELPER_REPLY_MARK, (unsigned char)reply->outcome};

    if (len > HELPER_SECRET_MAX) {
        head[1] = KEYRING_OTHER;
        len = 0;
    }
    head[2] = (unsigned char)(len >> 8);
    head[3] = (unsigned char)(len & 0xff);
    send_all(head, sizeof(head));
    send_all(field, len);
}

/* One reply goes out, from whichever thread is first; then the process ends at once, not by exit:
 * GLib's own threads and a bus that hangs must not hold the end up. */
static void finish(const struct service_answer *reply)
{
    static gint finished;

    if (g_atomic_int_compare_and_exchange(&finished, 0, 1)) {
        send_reply(reply);
        _exit(0);
    }
}

static void on_death(void)
{
    finish(&(struct service_answer){.outcome = KEYRING_DIED});
}

/* -- the process -- */

static GLogWriterOutput stay_quiet(GLogLevelFlags level, const GLogField *fields, gsize count,
                                   gpointer data)
{
    (void)level;
    (void)fields;
    (void)count;
    (void)data;
    return G_LOG_WRITER_HANDLED;
}

/* No core, no ptrace, no life after the program that asked. */
static void harden(void)
{
    struct rlimit none = {0, 0};

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    prctl(PR_SET_DUMPABLE, 0);
    setrlimit(RLIMIT_CORE, &none);
    /* The keyring and nothing else: libsecret would write a file of its own when it is told to, and
     * waits for ever on a backend that it does not know. */
    setenv("SECRET_BACKEND", "service", 1);
    g_log_set_writer_func(stay_quiet, NULL, NULL);
}

static bool stdin_is_socket(void)
{
    int type = 0;
    socklen_t len = sizeof(type);

    return getsockopt(STDIN_FILENO, SOL_SOCKET, SO_TYPE, &type, &len) == 0 && type == SOCK_STREAM;
}

static void do_request(const struct request *request, struct service_answer *reply)
{
    const struct service_entry entry = {request->asked.profile, request->asked.service};

    death_watch(asking_service(), on_death);
    if (request->asked.op == HELPER_GET) {
        service_get(&entry, reply);
    } else if (request->asked.op == HELPER_SET) {
        service_set(&entry, request->asked.secret, reply);
    } else {
        service_delete(&entry, reply);
    }
}

int main(void)
{
    static struct request request;
    struct service_answer reply = {.outcome = KEYRING_OTHER};

    if (!stdin_is_socket()) {
        fputs("portcullis-keyring is started by portcullis and has no use by itself.\n", stderr);
        return 2;
    }
    harden();
    mlock(&request, sizeof(request));
    if (!read_request(&request) ||
        !helper_request_parse(request.bytes, request.len, &request.asked)) {
        snprintf(reply.detail, sizeof(reply.detail), "request not understood");
    } else {
        do_request(&request, &reply);
    }
    explicit_bzero(request.bytes, sizeof(request.bytes));
    explicit_bzero(request.asked.secret, sizeof(request.asked.secret));
    finish(&reply);
    /* The other thread is about to end the process. */
    for (;;) {
        pause();
    }
}
