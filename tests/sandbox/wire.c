#include "sandbox/wire.h"
#include "base/ascii.h"

#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/buf.h"

#include "base/banned.h"

/* The connection that is kept for the next request: with sanitizers a new one costs more than the
 * request. */
static struct {
    int fd, port;
} kept = {-1, 0};

static void drop_kept(void)
{
    if (kept.fd >= 0) {
        close(kept.fd);
    }
    kept.fd = -1;
}

static bool kept_is_good(int port)
{
    char c;
    return kept.fd >= 0 && kept.port == port && recv(kept.fd, &c, 1, MSG_PEEK | MSG_DONTWAIT) < 0 &&
           errno == EAGAIN;
}

static int connect_to(int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    struct timeval deadline = {.tv_sec = 60};
    if (kept_is_good(port)) {
        return kept.fd;
    }
    drop_kept();
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &deadline, sizeof deadline), 0);
    assert_int_equal(connect(fd, (const struct sockaddr *)&address, sizeof address), 0);
    kept.fd = fd;
    kept.port = port;
    return fd;
}

static void send_all(int fd, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t sent = send(fd, bytes, len, MSG_NOSIGNAL);
        if (sent <= 0) {
            return; /* the answer, or its absence, tells */
        }
        bytes += sent;
        len -= (size_t)sent;
    }
}

/* The body of a whole answer, or NULL while some is missing. */
static char *whole_body(struct buf *reply)
{
    char *split = strstr(reply->data, "\r\n\r\n");
    const char *length = ascii_find(reply->data, "\r\nContent-Length:");
    if (split == NULL) {
        return NULL;
    }
    if (length == NULL || length > split) {
        fail_msg("an answer without Content-Length: %s", reply->data);
    }
    size_t size = strtoul(strchr(length + 2, ':') + 1, NULL, 10);
    return (size_t)(reply->data + reply->len - (split + 4)) >= size ? split + 4 : NULL;
}

/* Gives up with NULL when the connection is closed. */
static char *receive(int fd, struct buf *reply)
{
    char bytes[16384];
    char *body = NULL;
    while (body == NULL) {
        ssize_t got = recv(fd, bytes, sizeof bytes, 0);
        if (got < 0 && errno == EAGAIN) {
            fail_msg("no answer within the deadline");
        }
        if (got <= 0) {
            drop_kept();
            return NULL;
        }
        buf_add(reply, bytes, (size_t)got);
        body = whole_body(reply);
    }
    return body;
}

struct answer call_root(const struct sandbox_process *sandbox, const char *key, const char *method,
                        const char *path, const char *body)
{
    return call_port(sandbox_port(sandbox), key, method, path, body);
}

struct answer call_port(int port, const char *key, const char *method, const char *path,
                        const char *body)
{
    struct answer answer = {0};
    struct buf request;
    struct buf reply;
    int fd = connect_to(port);
    buf_init(&request, 0);
    buf_init(&reply, 0);
    buf_addf(&request, "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\n", method, path);
    if (key != NULL) {
        buf_addf(&request, "x-portkey-api-key: %s\r\n", key);
    }
    if (body != NULL) {
        buf_addf(&request, "Content-Type: application/json\r\nContent-Length: %zu\r\n",
                 strlen(body));
    }
    buf_adds(&request, "\r\n");
    buf_adds(&request, body != NULL ? body : "");
    send_all(fd, request.data, request.len);
    char *answered = receive(fd, &reply);
    if (answered != NULL && strncmp(reply.data, "HTTP/1.1 ", 9) == 0) {
        answer.status = (int)strtol(reply.data + 9, NULL, 10);
        answer.json = json_loads(answered, 0, NULL);
        answer.head = xstrndup(reply.data, (size_t)(answered - reply.data) - 4);
    }
    buf_done(&request);
    buf_done(&reply);
    return answer;
}

struct answer call(const struct sandbox_process *sandbox, const char *key, const char *method,
                   const char *path, const char *body)
{
    char *whole = xasprintf("/v1%s", path);
    struct answer answer = call_root(sandbox, key, method, whole, body);
    free(whole);
    return answer;
}

void answer_done(struct answer *answer)
{
    json_decref(answer->json);
    free(answer->head);
    *answer = (struct answer){0};
}

json_t *expect(const struct sandbox_process *sandbox, const char *key, const char *method,
               const char *path, const char *body, int status)
{
    struct answer answer = call(sandbox, key, method, path, body);
    if (answer.status != status) {
        char *json = answer.json != NULL ? json_dumps(answer.json, 0) : xstrdup("nothing");
        fail_msg("%s %s %s: %d is not %d: %s", method, path, body != NULL ? body : "",
                 answer.status, status, json);
    }
    json_t *json = json_incref(answer.json);
    answer_done(&answer);
    return json;
}

void expect_error(const struct sandbox_process *sandbox, const char *key, const char *method,
                  const char *path, const char *body, int status, const char *code)
{
    json_t *json = expect(sandbox, key, method, path, body, status);
    const char *got =
        json_string_value(json_object_get(json_object_get(json, "data"), "errorCode"));
    assert_true(json_is_false(at(json, "success")));
    assert_true(strlen(string_at(json, "data.message")) > 0);
    if (code == NULL) {
        assert_null(got);
    } else if (got == NULL || strcmp(got, code) != 0) {
        fail_msg("%s %s %s: the code %s is not %s", method, path, body != NULL ? body : "",
                 got != NULL ? got : "(none)", code);
    }
    json_decref(json);
}

json_t *get(const struct sandbox_process *sandbox, const char *key, const char *path)
{
    return expect(sandbox, key, "GET", path, NULL, 200);
}

char *text(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *out = xvasprintf(format, args);
    va_end(args);
    return out;
}

json_t *at(const json_t *json, const char *path)
{
    char *copy = xstrdup(path);
    char *rest = copy;
    json_t *here = (json_t *)json; /* as jansson gives what is in it */
    for (char *step = strsep(&rest, "."); step != NULL; step = strsep(&rest, ".")) {
        here = json_is_array(here) ? json_array_get(here, strtoul(step, NULL, 10))
                                   : json_object_get(here, step);
    }
    free(copy);
    if (here == NULL) {
        char *dump = json_dumps(json, JSON_ENCODE_ANY);
        fail_msg("there is no %s in %s", path, dump);
    }
    return here;
}

const char *string_at(const json_t *json, const char *path)
{
    const json_t *value = at(json, path);
    if (!json_is_string(value)) {
        fail_msg("%s is no string", path);
    }
    return json_string_value(value);
}

long long number_at(const json_t *json, const char *path)
{
    const json_t *value = at(json, path);
    if (!json_is_integer(value)) {
        fail_msg("%s is no whole number", path);
    }
    return json_integer_value(value);
}

struct made_key make_key(const struct sandbox_process *sandbox, const char *key, const char *where,
                         const char *body)
{
    struct made_key made;
    char *path = text("/api-keys/%s", where);
    json_t *json = expect(sandbox, key, "POST", path, body, 200);
    snprintf(made.id, sizeof made.id, "%s", string_at(json, "id"));
    snprintf(made.secret, sizeof made.secret, "%s", string_at(json, "key"));
    assert_string_equal(string_at(json, "object"), "api-key");
    assert_int_equal(json_object_size(json), 3);
    json_decref(json);
    free(path);
    return made;
}

void advance(const struct sandbox_process *sandbox, long long seconds)
{
    char *body = text("{\"advance_seconds\":%lld}", seconds);
    struct answer answer = call_root(sandbox, NULL, "POST", "/_sandbox/clock", body);
    assert_int_equal(answer.status, 200);
    answer_done(&answer);
    free(body);
}
