/* One request from its queue to its callback: places, pauses, retries, and what an answer is worth.
 * Answers are parsed and taken in in the loop's work slot, a little of one each turn, so that no
 * key press waits for a whole page. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "api/client_internal.h"
#include "api/errors.h"
#include "api/json.h"
#include "base/alloc.h"
#include "base/log.h"
#include "base/testing.h"

#include "base/banned.h"

#define ATTEMPT_MS 10000
#define PAGE_ATTEMPT_MS 20000
/* A read with all its attempts; waits that the server asks for come on top. */
#define READ_MS 30000
/* Less than this is no attempt. */
#define ATTEMPT_MIN_MS 1000
/* Connections for pages over HTTP/1.1; the transport keeps two more for what a person waits for. */
#define BULK_PLACES 4
#define BULK_PLACES_MULTIPLEXED 24
/* How long an answer may be worked on in one turn. */
#define WORK_US 700

static void on_exchange(void *ctx, struct http_result *result);

/* -- queue -- */

static void forget_result(struct request *request)
{
    if (request->state != REQUEST_READ) {
        return;
    }
    json_reader_free(request->reader);
    request->reader = NULL;
    json_decref(request->reading.root);
    request->reading = (struct reading){0};
    request->answer = (struct answer){0};
    buf_wipe_done(&request->result.body);
    request->result = (struct http_result){0};
}

static void unlink_request(struct request *request)
{
    struct api_client *client = request->client;

    *(request->prev != NULL ? &request->prev->next : &client->first) = request->next;
    *(request->next != NULL ? &request->next->prev : &client->last) = request->prev;
    request->prev = request->next = NULL;
}

/* What is left of a request that is in no list any more. */
static void discard(struct request *request)
{
    if (request->spec.free_ctx != NULL) {
        request->spec.free_ctx(request->spec.ctx);
    }
    free(request->url);
    free(request->id);
    free(request->in);
    free(request->filter);
    if (request->body != NULL) {
        secret_wipe(request->body, strlen(request->body));
        free(request->body);
    }
    free(request);
}

void request_free(struct request *request)
{
    struct api_client *client = request->client;

    if (request->exchange != NULL) {
        transport_cancel(client->transport, request->exchange);
    }
    loop_untimer(client->loop, request->timer);
    loop_untimer(client->loop, request->expiry);
    forget_result(request);
    unlink_request(request);
    discard(request);
    client_status_update(client);
}

static void add_request(struct api_client *client, struct request *request)
{
    request->prev = client->last;
    request->next = NULL;
    *(client->last != NULL ? &client->last->next : &client->first) = request;
    client->last = request;
}

static char *make_url(const struct api_client *client, const struct request_spec *spec)
{
    char *path = endpoint_path(spec->endpoint, spec->id, spec->in);
    char *query = spec->size > 0 ? endpoint_query(spec->endpoint, spec->size, spec->page) : NULL;
    char *url =
        xasprintf("%s%s%s%s%s", client->base_url, path, query == NULL ? "" : query,
                  spec->filter == NULL ? "" : "&", spec->filter == NULL ? "" : spec->filter);

    free(path);
    free(query);
    return url;
}

api_ticket client_send(struct api_client *client, const struct request_spec *spec)
{
    struct request *request = xcalloc(1, sizeof(*request));

    request->client = client;
    request->ticket = ++client->last_ticket;
    request->spec = *spec;
    request->id = spec->id != NULL ? xstrdup(spec->id) : NULL;
    request->filter = spec->filter != NULL ? xstrdup(spec->filter) : NULL;
    request->in = spec->in != NULL ? xstrdup(spec->in) : NULL;
    request->spec.id = request->id;
    request->spec.in = request->in;
    request->spec.filter = request->filter;
    request->spec.body = NULL;
    request->attempt = 1;
    request->result.date = TIME_NONE;
    add_request(client, request);
    if (!endpoint_ids_ok(spec->endpoint, spec->id, spec->in)) {
        /* Nothing is sent; it is told from the loop like every other answer. */
        request->bad_id = true;
        request->state = REQUEST_READ;
        buf_init(&request->result.body, 0);
        loop_work_pending(client->loop);
        client_status_update(client);
        return request->ticket;
    }
    request->url = make_url(client, spec);
    request->body = spec->body != NULL ? xstrdup(spec->body) : NULL;
    client_pump(client);
    return request->ticket;
}

void request_next_page(struct request *request, long long page)
{
    assert(request->spec.size > 0);
    free(request->url);
    request->spec.page = page;
    request->url = make_url(request->client, &request->spec);
    request->attempt = 1;
    request->paced = 0;
    request->until = 0;
    request->again = true;
}

void request_go_on(struct request *request)
{
    request->goes_on = true;
}

int client_bulk_places(const struct api_client *client)
{
    return client->multiplexed ? BULK_PLACES_MULTIPLEXED : BULK_PLACES;
}

static int64_t attempt_ms(const struct request *request)
{
    return request->client->patience_ms > 0 ? request->client->patience_ms
           : request->spec.size > 1         ? testing_deadline_ms(PAGE_ATTEMPT_MS)
                                            : testing_deadline_ms(ATTEMPT_MS);
}

/* What is left for a read with all its attempts. A write has one. */
static int64_t time_left(const struct request *request)
{
    bool bounded =
        endpoint_info(request->spec.endpoint)->repeat && request->client->patience_ms == 0;

    return bounded ? request->until - loop_now(request->client->loop) : INT64_MAX;
}

static void on_expired(void *ctx)
{
    struct request *request = ctx;

    request->expiry = 0;
    transport_expire(request->client->transport, request->exchange);
}

static void start_exchange(struct request *request)
{
    struct api_client *client = request->client;
    const struct endpoint_info *info = endpoint_info(request->spec.endpoint);
    struct http_request http = {
        .method = info->method,
        .url = request->url,
        .body = request->body,
        .body_len = request->body != NULL ? strlen(request->body) : 0,
        .fresh = info->fresh,
        .key = client->key,
    };
    int64_t timeout = attempt_ms(request), left;

    request->state = REQUEST_FLYING;
    request->sent_at = clock_boot_ms();
    request->started = loop_now(client->loop);
    if (request->until == 0) {
        /* In a hurry an attempt may be longer than a third of what all of them have. */
        int64_t all = testing_ms(READ_MS) > 3 * testing_deadline_ms(ATTEMPT_MS)
                          ? testing_ms(READ_MS)
                          : 3 * testing_deadline_ms(ATTEMPT_MS);

        request->until = request->started + all;
    }
    left = time_left(request);
    timeout = timeout < left ? timeout : left;
    /* The loop's time decides; libcurl's own is there in case it stands still. */
    http.timeout_ms = (int)timeout + ATTEMPT_MIN_MS;
    request->expiry = loop_timer(client->loop, timeout, on_expired, request);
    request->exchange = transport_start(client->transport, &http, on_exchange, request);
}

void client_pump(struct api_client *client)
{
    int bulk = 0;

    for (const struct request *r = client->first; r != NULL; r = r->next) {
        bulk += r->spec.bulk && r->state == REQUEST_FLYING;
    }
    for (struct request *r = client->first; r != NULL; r = r->next) {
        if (r->state != REQUEST_QUEUED ||
            (r->spec.bulk && (client->paused_until != 0 || bulk >= client_bulk_places(client)))) {
            continue;
        }
        bulk += r->spec.bulk;
        start_exchange(r);
    }
    client_status_update(client);
}

/* -- waits -- */

static void on_pause_over(void *ctx)
{
    struct api_client *client = ctx;

    client->pause_timer = 0;
    client->paused_until = 0;
    client->asks = false;
    client_pump(client);
}

/* A 429 is about the key, not about one request: no page of a list is asked for before the time is
 * over. What a person waits for, and above all a write, is not held up by another's answer. */
static void pause_client(struct api_client *client, const struct retry_facts *facts, int64_t ms)
{
    int64_t until = loop_now(client->loop) + ms;

    if (until <= client->paused_until) {
        return;
    }
    loop_untimer(client->loop, client->pause_timer);
    client->paused_until = until;
    client->paused_for = ms;
    client->paused_asked = facts->retry_after_ms > 0;
    client->paused_status = facts->status;
    client->asks = client->asks || facts->retry_after_ms > RETRY_AFTER_MAX_MS;
    client->pause_timer = loop_timer(client->loop, ms, on_pause_over, client);
}

static void on_retry(void *ctx)
{
    struct request *request = ctx;

    request->timer = 0;
    request->state = REQUEST_QUEUED;
    client_pump(request->client);
}

void client_wake(struct api_client *client)
{
    loop_untimer(client->loop, client->pause_timer);
    client->pause_timer = 0;
    client->paused_until = 0;
    client->asks = false;
    for (struct request *r = client->first; r != NULL; r = r->next) {
        if (r->state == REQUEST_WAITING) {
            loop_untimer(client->loop, r->timer);
            r->timer = 0;
            r->state = REQUEST_QUEUED;
        }
    }
    client_pump(client);
}

static const char *trouble_word(struct request *request)
{
    switch (request->result.failure) {
    case HTTP_WHOLE:
        snprintf(request->trouble_text, sizeof(request->trouble_text), "%ld",
                 request->result.status);
        return request->reading.cut ? "the answer was cut short" : request->trouble_text;
    case HTTP_RESOLVE:
        return "the name is not known";
    case HTTP_CONNECT:
    case HTTP_PROXY:
    case HTTP_TLS:
        return "no connection";
    case HTTP_TIMED_OUT:
        return "no answer";
    default:
        return "the answer was cut short";
    }
}

static void wait_for(struct request *request, int64_t delay_ms)
{
    request->trouble = trouble_word(request);
    forget_result(request);
    request->state = REQUEST_WAITING;
    request->due = loop_now(request->client->loop) + delay_ms;
    request->timer = loop_timer(request->client->loop, delay_ms, on_retry, request);
}

/* -- answers -- */

static void on_exchange(void *ctx, struct http_result *result)
{
    struct request *request = ctx;
    struct api_client *client = request->client;

    request->exchange = NULL;
    loop_untimer(client->loop, request->expiry);
    request->expiry = 0;
    request->result = *result;
    buf_init(&result->body, TRANSPORT_BODY_MAX); /* taken */
    request->state = REQUEST_READ;
    request->came_at = clock_boot_ms();
    request->arrived = ++client->arrivals;
    client->multiplexed = client->multiplexed || result->multiplexed;
    loop_work_pending(client->loop);
    client_pump(client);
}

static uint32_t random_number(void)
{
    uint32_t number = 0;

    if (getrandom(&number, sizeof(number), GRND_NONBLOCK) != (ssize_t)sizeof(number)) {
        number = (uint32_t)clock_mono_ms() * 2654435761u;
    }
    return number;
}

/* One attempt, for whoever looks for a fault: no body, and no host, which the start of the log
 * tells. */
static void log_attempt(struct request *request, const struct retry_verdict *verdict)
{
    static const char *const METHODS[] = {
        [HTTP_GET] = "GET", [HTTP_POST] = "POST", [HTTP_PUT] = "PUT", [HTTP_DELETE] = "DELETE"};
    const struct http_result *result = &request->result;
    const struct endpoint_info *info = endpoint_info(request->spec.endpoint);
    bool good = request->reading.origin.good;
    char what[60], next[60] = "";

    if (good) {
        snprintf(what, sizeof(what), "%ld", result->status);
    } else {
        snprintf(what, sizeof(what), "%s", trouble_word(request));
    }
    if (verdict->act != RETRY_NO) {
        snprintf(next, sizeof(next), ", %s in %lld ms",
                 verdict->act == RETRY_AGAIN ? "again" : "all wait, again",
                 (long long)verdict->delay_ms);
    }
    log_msg(good ? LOG_LEVEL_DEBUG : LOG_LEVEL_WARN, "api",
            "%s %s: %s, %lld ms, %zu bytes, request %llu, attempt %d%s", METHODS[info->method],
            request->url + strlen(request->client->base_url), what, (long long)result->took_ms,
            result->body.len, (unsigned long long)request->ticket, request->attempt, next);
}

/* True when the request waits for another try: then there is no answer yet. */
static bool put_off(struct request *request, const struct retry_facts *facts,
                    struct retry_verdict verdict)
{
    struct api_client *client = request->client;
    bool asked = verdict.act == RETRY_PACE || verdict.act == RETRY_ASK;

    if (facts->status == 429 || asked) {
        /* A write is not sent again by itself, but the lists slow down all the same. */
        pause_client(client, facts,
                     verdict.act == RETRY_NO ? facts->retry_after_ms : verdict.delay_ms);
    }
    if (verdict.act == RETRY_NO ||
        (!asked && verdict.delay_ms + ATTEMPT_MIN_MS > time_left(request))) {
        return false;
    }
    if (asked) {
        request->paced++;
        request->until += verdict.delay_ms;
    } else {
        request->attempt++;
        client->budget--;
    }
    wait_for(request, verdict.delay_ms);
    return true;
}

static void note_success(struct api_client *client, const struct http_result *result)
{
    client->status.last_ok = clock_now(client->clock);
    client->status.last_ms = result->took_ms;
    if (client->budget < RETRY_BUDGET) {
        client->budget++;
    }
}

/* The answer goes out, and the request with it, unless its callback wants more of it. */
static void deliver(struct request *request, int64_t until_us, bool *gone)
{
    struct api_client *client = request->client;

    unlink_request(request);
    request->again = request->goes_on = false;
    request->answer.until_us = until_us;
    client->gone = gone;
    request->spec.fn(request->spec.ctx, request, &request->answer);
    if (!*gone) {
        client->gone = NULL;
    }
    if (request->goes_on && !*gone) {
        add_request(client, request);
        return;
    }
    forget_result(request);
    if (*gone) {
        discard(request);
        return;
    }
    if (request->again) {
        request->state = REQUEST_QUEUED;
        add_request(client, request);
    } else {
        discard(request);
    }
    client_pump(client);
}

/* A write that was sent, and nobody has said in the API's own words that it was not done. */
static bool outcome_unknown(const struct request *request)
{
    const struct reading *reading = &request->reading;
    struct envelope said;

    if (endpoint_info(request->spec.endpoint)->method == HTTP_GET) {
        return false;
    }
    if (request->result.failure != HTTP_WHOLE) {
        return request->result.sent;
    }
    envelope_read(reading->root, &said);
    return !origin_refuses(&reading->origin, said.code);
}

/* What was read is an answer, or not yet: then the request waits for another try. */
static bool judge(struct request *request)
{
    const struct http_result *result = &request->result;
    const struct endpoint_info *info = endpoint_info(request->spec.endpoint);
    const struct reading *reading = &request->reading;
    struct answer *answer = &request->answer;
    struct retry_facts facts = {
        .repeat = info->repeat,
        .failure = result->failure,
        .sent = result->sent,
        .from_proxy = result->from_proxy,
        .cut = reading->cut,
        .status = reading->origin.meaning,
        .retry_after_ms = result->retry_after_ms,
        .attempt = request->attempt,
        .paced = request->paced,
        .budget = request->client->budget,
        .random = random_number(),
    };
    bool failed = !reading->origin.good;
    struct retry_verdict verdict =
        failed ? retry_decide(&facts) : (struct retry_verdict){.act = RETRY_NO};

    log_attempt(request, &verdict);
    if (failed && put_off(request, &facts, verdict)) {
        client_pump(request->client);
        return false;
    }
    *answer = (struct answer){.ok = !failed,
                              .result = result,
                              .root = reading->root,
                              .broken_rows = reading->broken_rows,
                              .cached = request_is_cached(request)};
    request_note_date(request);
    if (failed) {
        request_describe(request, outcome_unknown(request), &answer->err);
    } else {
        note_success(request->client, result);
    }
    return true;
}

/* True when there is an answer to deliver. */
static bool prepare(struct request *request, int64_t until_us)
{
    if (request->bad_id) {
        request->answer.result = &request->result;
        err_set(&request->answer.err, ERR_INVALID, "Without an id %s cannot be asked for.",
                endpoint_info(request->spec.endpoint)->what);
        return true;
    }
    return request_read_body(request, until_us) && judge(request);
}

static bool is_wanted(const struct request *request)
{
    return request->spec.wanted == NULL || request->spec.wanted(request->spec.ctx);
}

/* A little of the work on one answer. */
static void digest(struct request *request, bool *gone)
{
    int64_t until_us = clock_mono_us() + WORK_US;

    if (request->answer.result == NULL &&
        (!prepare(request, until_us) || clock_mono_us() >= until_us)) {
        return;
    }
    if (is_wanted(request)) {
        deliver(request, until_us, gone);
    }
}

/* Is there something to do with this answer? One whose turn has not come is only made ready. */
static bool has_work(const struct request *request)
{
    return request->state == REQUEST_READ && (request->answer.result == NULL || is_wanted(request));
}

/* What a person waits for goes before the pages of a list. */
static struct request *next_read(const struct api_client *client)
{
    struct request *best = NULL;

    for (struct request *r = client->first; r != NULL; r = r->next) {
        /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): one that was freed left this list before */
        if (!has_work(r)) {
            continue;
        }
        if (best == NULL || (best->spec.bulk && !r->spec.bulk) ||
            (best->spec.bulk == r->spec.bulk && r->arrived < best->arrived)) {
            best = r;
        }
    }
    return best;
}

bool client_work(void *ctx)
{
    struct api_client *client = ctx;
    struct request *request = next_read(client);
    bool gone = false;

    if (request == NULL) {
        return false;
    }
    digest(request, &gone);
    return !gone && next_read(client) != NULL;
}
