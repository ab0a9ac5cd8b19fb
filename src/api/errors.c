#include "api/errors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/json.h"
#include "base/ascii.h"
#include "base/buf.h"
#include "base/text.h"
#include "model/draft.h"

#include "base/banned.h"

#define REDACT_RUN 8

/* -- what the server says -- */

/* Cleaned and cut at a character. */
static void put_clean(const char *raw, size_t len, char *out, size_t size)
{
    struct buf clean;
    size_t cut;

    buf_init(&clean, 0);
    text_clean(raw, len, &clean);
    cut = clean.len;
    if (cut >= size) {
        cut = size - 1;
        while (cut > 0 && ((unsigned char)clean.data[cut] & 0xc0u) == 0x80u) {
            cut--;
        }
    }
    memcpy(out, clean.data, cut);
    out[cut] = '\0';
    buf_done(&clean);
}

static bool take(const json_t *object, const char *name, char *out, size_t size)
{
    size_t len = 0;
    const char *text = out[0] == '\0' ? json_get_text(object, name, &len) : NULL;

    if (text != NULL) {
        put_clean(text, len, out, size);
    }
    return out[0] != '\0';
}

static void take_code(const json_t *object, const char *name, char *out, size_t size)
{
    int64_t number;

    if (!take(object, name, out, size) && json_get_whole(object, name, &number)) {
        snprintf(out, size, "%lld", (long long)number);
    }
}

void envelope_read(const json_t *root, struct envelope *out)
{
    const json_t *error = json_object_get(root, "error");
    const json_t *data = json_object_get(root, "data");

    *out = (struct envelope){0};
    take(error, "message", out->message, sizeof(out->message));
    take(data, "message", out->message, sizeof(out->message));
    take(root, "message", out->message, sizeof(out->message));
    take(root, "error", out->message, sizeof(out->message));
    take_code(error, "code", out->code, sizeof(out->code));
    take_code(data, "errorCode", out->code, sizeof(out->code));
    take_code(root, "errorCode", out->code, sizeof(out->code));
    take_code(root, "code", out->code, sizeof(out->code));
    take(error, "request_id", out->request_id, sizeof(out->request_id));
    take(data, "request_id", out->request_id, sizeof(out->request_id));
    take(root, "request_id", out->request_id, sizeof(out->request_id));
}

void error_redact(char *text, const struct secret *key)
{
    const char *secret = key != NULL ? secret_text(key) : "";
    size_t secret_size = strlen(secret);
    size_t run = secret_size < REDACT_RUN ? secret_size : REDACT_RUN;
    size_t len = strlen(text);

    for (size_t at = 0; run > 0 && at + run <= len; at++) {
        size_t longest = 0;

        for (size_t from = 0; from + run <= secret_size; from++) {
            size_t same = 0;

            while (at + same < len && from + same < secret_size &&
                   text[at + same] == secret[from + same]) {
                same++;
            }
            longest = same > longest ? same : longest;
        }
        if (longest >= run) {
            memset(text + at, '*', longest);
            at += longest - 1;
        }
    }
}

/* -- sentences -- */

struct story {
    const struct api_failure *failure;
    const struct endpoint_info *info;
    struct envelope said;
    char answer[560]; /* "403 AB03: \"You do not ..\"" */
    char scopes[240]; /* "workspaces.list", or "one of a, b, c" */
    char scope[80];   /* the one, when it is certain which */
};

static void tell_answer(struct story *story)
{
    const struct http_result *result = story->failure->result;
    const struct envelope *said = &story->said;

    snprintf(story->answer, sizeof(story->answer), "%ld%s%s%s%s%s%s%s", result->status,
             said->code[0] != '\0' ? " " : "", said->code, said->message[0] != '\0' ? ": \"" : "",
             said->message, said->message[0] != '\0' ? "\"" : "",
             said->request_id[0] != '\0' ? ", request " : "", said->request_id);
}

static void tell_scopes(struct story *story)
{
    enum endpoint endpoint = story->failure->endpoint;
    enum scope_match match = endpoint_match(endpoint);
    const char *scope = endpoint_scope(endpoint, story->failure->kind);

    if (match != SCOPES_ANY && scope != NULL) {
        snprintf(story->scope, sizeof(story->scope), "%s", scope);
        snprintf(story->scopes, sizeof(story->scopes), "the scope %s", story->scope);
        return;
    }
    /* A list opens with any of its scopes: the first is named to programs, all to people. */
    if (match == SCOPES_ANY) {
        snprintf(story->scope, sizeof(story->scope), "%s",
                 endpoint_scope(endpoint, KEY_ORGANISATION_SERVICE));
    }
    snprintf(story->scopes, sizeof(story->scopes), "%s %s, %s, %s",
             match == SCOPES_ANY ? "all of the scopes" : "the scope for its kind, one of",
             endpoint_scope(endpoint, KEY_ORGANISATION_SERVICE),
             endpoint_scope(endpoint, KEY_WORKSPACE_SERVICE),
             endpoint_scope(endpoint, KEY_WORKSPACE_USER));
}

#define REFUSED "The server refused %s (%s)."

static void tell_refused_scope(const struct story *story, struct err *err)
{
    const struct endpoint_info *info = story->info;

    if (info->by_id && info->method == HTTP_GET) {
        err_set(err, ERR_GONE,
                "Could not read %s (%s). It is gone, or in another workspace or organisation, or "
                "your key lacks %s.",
                info->what, story->answer, story->scopes);
    } else if (info->by_id) {
        err_set(err, ERR_FORBIDDEN,
                REFUSED ERROR_GUESS "%s; the object may also be gone "
                                    "already or in "
                                    "another workspace.",
                info->what, story->answer, story->scopes);
    } else if (info->method == HTTP_POST) {
        err_set(err, ERR_FORBIDDEN,
                REFUSED ERROR_GUESS "%s; the workspace may also be "
                                    "gone or out of its "
                                    "reach, or the plan or a security setting may forbid it.",
                info->what, story->answer, story->scopes);
    } else {
        err_set(err, ERR_FORBIDDEN,
                REFUSED ERROR_GUESS "%s%s. The plan, a security "
                                    "setting or a workspace "
                                    "that is gone or not yours gives the same answer.",
                info->what, story->answer, story->scopes,
                endpoint_match(story->failure->endpoint) == SCOPES_ANY ? ": one opens the list"
                                                                       : "");
    }
    snprintf(err->scope, sizeof(err->scope), "%s", story->scope);
    if (err != NULL && err->kind == ERR_FORBIDDEN) {
        err->said = (unsigned)snprintf(NULL, 0, REFUSED, info->what, story->answer);
    }
}

static void tell_unauthorised(const struct story *story, struct err *err)
{
    err_set(
        err, ERR_AUTH,
        "The server does not accept the key (%s): it is wrong, expired or revoked. Log in again "
        "with a key that works.%s",
        story->answer,
        story->failure->origin.source == ERR_FROM_GATEWAY
            ? " A gateway says the same when it cannot reach its control plane to check the key."
            : "");
}

static void tell_bad_request(const struct story *story, struct err *err)
{
    long status = story->failure->origin.meaning;
    int field;

    if (story->failure->origin.source == ERR_FROM_GATEWAY ||
        (status == 404 && !story->info->by_id)) {
        err_set(err, ERR_REFUSED, "%s does not know %s (%s)." ERROR_CHECK_BASE_URL,
                story->failure->base_url, story->info->path, story->answer);
        err->check_url = true;
        return;
    }
    err_set(err, ERR_REFUSED, "The server does not accept the request for %s (%s).%s",
            story->info->what, story->answer,
            status == 402   ? " The subscription is used up."
            : status == 412 ? " A budget or limit of the key is used up."
            : status == 413 ? " It is too long for the server."
                            : "");
    field = story->info->method == HTTP_POST ? draft_field_of_message(story->said.message) : -1;
    if (field >= 0) {
        snprintf(err->field, sizeof(err->field), "%s", draft_field_name((enum draft_field)field));
    }
}

static void tell_rate_limit(const struct story *story, struct err *err)
{
    int64_t seconds = (story->failure->result->retry_after_ms + 999) / 1000;
    bool read = story->info->method == HTTP_GET;
    char when[40] = "";

    /* Whether a write is to be sent again is for the look that follows: the same answer may be the
     * echo of our own work. */
    if (seconds > 0) {
        snprintf(when, sizeof(when), read ? " Try again in %lld s." : " It asks to wait %lld s.",
                 (long long)seconds);
    }
    err_set(err, ERR_RATE_LIMIT, "The server was asked too often (%s).%s", story->answer,
            when[0] == '\0' && read ? " Try again later." : when);
}

static void tell_status(const struct story *story, struct err *err)
{
    long status = story->failure->origin.meaning;

    if (status == 401) {
        tell_unauthorised(story, err);
    } else if (status == 403) {
        tell_refused_scope(story, err);
    } else if (status == 404 && story->info->by_id &&
               story->failure->origin.source == ERR_FROM_API) {
        err_set(err, ERR_GONE,
                story->info->method == HTTP_GET
                    ? "Could not find %s (%s). It is gone, or in another organisation."
                    : "The server refused %s (%s): it knows none. It may be gone already, or be in "
                      "another organisation.",
                story->info->what, story->answer);
    } else if (status == 409) {
        err_set(err, ERR_CONFLICT,
                "The server refused %s because something stands against it (%s). Refresh, look at "
                "it and try again.",
                story->info->what, story->answer);
    } else if (status == 429) {
        tell_rate_limit(story, err);
    } else if (status >= 500) {
        err_set(err, ERR_SERVER, "The server failed on %s (%s)%s.%s", story->info->what,
                story->answer,
                story->failure->attempts > 1 && story->info->method == HTTP_GET
                    ? ", every time it was asked"
                    : "",
                story->failure->unknown ? "" : " Try again later, or tell whoever runs it.");
    } else {
        tell_bad_request(story, err);
    }
}

/* -- what is not the API's -- */

/* What to do about an answer of something in between, by its status. */
static const char *advice_of(long status)
{
    if (status == 407) {
        return "The proxy wants a name and a password: put them into the address of the proxy, or "
               "ask whoever runs it. It is not asked again by itself.";
    }
    if (status == 511) {
        return "This network wants you to log in first: open its page in a browser, then try "
               "again.";
    }
    if (status == 429 || status >= 500) {
        return "Try again later, or tell whoever runs it.";
    }
    if (status == 401 || status == 403) {
        return "A firewall or a proxy does not let the request through: ask whoever runs it.";
    }
    if (status < 300) {
        return "A dashboard or a login page stands there: check the base URL (it usually ends with "
               "/v1) and the proxy.";
    }
    return "Check the base URL (it usually ends with /v1), the proxy and the network.";
}

static enum err_kind kind_between(const struct http_result *result)
{
    bool good = result->status >= 200 && result->status < 300;

    return result->status == 429            ? ERR_RATE_LIMIT
           : result->status >= 500          ? ERR_SERVER
           : good && origin_is_json(result) ? ERR_DECODE
                                            : ERR_NETWORK;
}

/* ` to https://portal.example/login` of a redirect, without what follows ? or #. */
static void tell_location(const struct story *story, struct buf *out)
{
    const struct http_result *result = story->failure->result;
    char location[200];

    if (result->status < 300 || result->status >= 400 || result->location[0] == '\0') {
        return;
    }
    put_clean(result->location, strcspn(result->location, "?#"), location, sizeof(location));
    error_redact(location, story->failure->key);
    buf_addf(out, ", to %s (not followed)", location);
}

/* "403 text/html, "Access Denied", reference 18.2f": it speaks of nothing that only the API knows.
 */
static void tell_between(const struct story *story, struct err *err)
{
    const struct api_failure *failure = story->failure;
    const struct http_result *result = failure->result;
    struct page_words page;
    char type[sizeof(result->content_type)], encoding[sizeof(result->encoding)];
    struct buf what;

    page_read(result, failure->root,
              story->info->method == HTTP_POST && result->status >= 200 && result->status < 300,
              &page);
    error_redact(page.title, failure->key);
    error_redact(page.reference, failure->key);
    put_clean(result->content_type, strcspn(result->content_type, ";"), type, sizeof(type));
    put_clean(result->encoding, strlen(result->encoding), encoding, sizeof(encoding));
    buf_init(&what, 0);
    buf_addf(&what, "%ld %s", result->status,
             result->from_proxy ? "of the proxy"
             : type[0] != '\0'  ? type
                                : "without a content type");
    tell_location(story, &what);
    if (encoding[0] != '\0') {
        buf_addf(&what, ", encoded as %s, which was not asked for", encoding);
    } else if (result->body.len == 0 && !result->from_proxy) {
        buf_adds(&what, ", empty");
    }
    if (page.title[0] != '\0') {
        buf_addf(&what, ", \"%s\"", page.title);
    }
    if (page.reference[0] != '\0') {
        buf_addf(&what, ", reference %s", page.reference);
    }
    err_set(err, kind_between(result),
            "Something in between answered instead of the API at %s: %s.%s%s", failure->base_url,
            what.data, failure->unknown ? "" : " ",
            failure->unknown ? "" : advice_of(result->status));
    buf_done(&what);
}

/* Said to be JSON, and it is not, or not what was promised. */
static void tell_undecodable(const struct story *story, struct err *err)
{
    const struct api_failure *failure = story->failure;

    err_set(err, ERR_DECODE, "%s gave no usable answer for %s (%ld). %s", failure->base_url,
            story->info->what, failure->result->status,
            failure->undecodable != NULL ? failure->undecodable
            : failure->origin.other      ? "It is about another one than was asked for."
                                         : "It is not what the API promises.");
}

struct failure_words {
    enum err_kind kind;
    const char *cause;
    const char *step;
};

static const struct failure_words FAILURES[HTTP_FAILURE_COUNT] = {
    [HTTP_RESOLVE] = {ERR_NETWORK, "its name, or that of the proxy, is not known",
                      "Check the base URL and the connection."},
    [HTTP_CONNECT] = {ERR_NETWORK, "it refuses connections or cannot be reached",
                      "Check that the server runs, the port, the connection and the proxy."},
    [HTTP_TLS] = {ERR_NETWORK, "no encrypted connection could be agreed on",
                  "Check that this port speaks https, with TLS 1.2 or newer."},
    [HTTP_UNTRUSTED] = {ERR_NETWORK, "its certificate cannot be trusted",
                        "With a private authority or an inspecting proxy, name its CA file in the "
                        "profile (ca_file)."},
    [HTTP_TIMED_OUT] = {ERR_TIMEOUT, "no whole answer came in time", "Try again."},
    [HTTP_CUT] = {ERR_NETWORK, "the answer was cut short", "Try again."},
    [HTTP_CLOSED] = {ERR_NETWORK, "the connection was closed without a whole answer", "Try again."},
    [HTTP_GARBAGE] = {ERR_NETWORK, "what came is not HTTP", "Check the port of the base URL."},
    [HTTP_BODY_BIG] = {ERR_NETWORK, "the answer is bigger than 8 MiB",
                       "No list page is: check the base URL."},
    [HTTP_HEADER_BIG] = {ERR_NETWORK, "the head of the answer does not end",
                         "Check the base URL and the proxy."},
    [HTTP_OUTSIDE] =
        {ERR_NETWORK,
         "this name leads out of this machine, and plain http is for this machine only",
         "Use https. Nothing was sent."},
    [HTTP_PROXY] = {ERR_NETWORK, "the proxy refused or failed",
                    "Check the proxy of the profile or the environment."},
    [HTTP_OTHER] = {ERR_NETWORK, "the connection failed", "Try again."},
};

static void tell_failure(const struct story *story, struct err *err)
{
    const struct api_failure *failure = story->failure;
    const struct failure_words *words = &FAILURES[failure->result->failure];
    char detail[sizeof(failure->result->detail)];
    const char *cause = words->cause;

    if (failure->result->failure == HTTP_TIMED_OUT && !failure->result->sent) {
        cause = "no connection came about in time";
    }
    put_clean(failure->result->detail, strlen(failure->result->detail), detail, sizeof(detail));
    error_redact(detail, failure->key);
    err_set(err, words->kind, "%s did not give %s: %s%s%s%s.%s%s", failure->base_url,
            story->info->what, cause, detail[0] != '\0' ? " (" : "", detail,
            detail[0] != '\0' ? ")" : "", failure->unknown ? "" : " ",
            failure->unknown ? "" : words->step);
}

/* After a write that may have arrived: the cause is told, but what counts is that nobody knows. */
static void make_unknown(const struct story *story, struct err *err)
{
    struct err cause = *err;

    bool made = story->info->method == HTTP_POST;

    err_set(err, ERR_UNKNOWN,
            "It is not known whether %s was %s: it was sent, and then: %s Do not send it again "
            "before %s was looked at.",
            story->info->what, made ? "made" : "carried out", cause.text,
            made ? "the list of keys" : "the key");
}

void error_describe(const struct api_failure *failure, struct err *err)
{
    const struct http_result *result = failure->result;
    struct story story = {.failure = failure, .info = endpoint_info(failure->endpoint)};
    bool ours =
        failure->origin.source == ERR_FROM_API || failure->origin.source == ERR_FROM_GATEWAY;

    if (ours) {
        envelope_read(failure->root, &story.said);
        error_redact(story.said.message, failure->key);
        error_redact(story.said.request_id, failure->key);
        error_redact(story.said.code, failure->key);
    }
    tell_answer(&story);
    tell_scopes(&story);
    if (result->failure != HTTP_WHOLE && !result->from_proxy) {
        tell_failure(&story, err);
    } else if (failure->undecodable != NULL || failure->origin.good || failure->origin.other ||
               (!ours && failure->root != NULL && result->status >= 200 && result->status < 300 &&
                origin_is_json(result))) {
        tell_undecodable(&story, err);
    } else if (ours) {
        tell_status(&story, err);
    } else {
        tell_between(&story, err);
    }
    if (failure->unknown) {
        make_unknown(&story, err);
    }
    err->source = failure->origin.source;
    err->status = (int)result->status;
    snprintf(err->code, sizeof(err->code), "%s", story.said.code);
}
