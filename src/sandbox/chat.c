#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "sandbox/derive.h"
#include "sandbox/keys.h"
#include "sandbox/target.h"
#include "sandbox/usage.h"

#include "base/banned.h"

/* Dollars for a thousand tokens: what a completion costs here. */
#define COST_PER_1000 0.002

/* A token is a word: good enough to count with. */
static json_int_t count_tokens(const char *text)
{
    json_int_t tokens = 0;
    while (*text != '\0') {
        text += strspn(text, " \t\r\n");
        tokens += *text != '\0';
        text += strcspn(text, " \t\r\n");
    }
    return tokens;
}

static const char *last_message(const json_t *body)
{
    const json_t *messages = json_object_get(body, "messages");
    const json_t *last = json_array_get(messages, json_array_size(messages) - 1);
    return json_string_value(json_object_get(last, "content"));
}

static void use(struct request *request, json_int_t tokens)
{
    struct key_rec *key = &request->caller;
    json_t *limits = stored_json(key->usage_limits);
    const char *type = json_string_value(json_object_get(limits, "type"));
    bool by_tokens = type != NULL && strcmp(type, "tokens") == 0;
    if (key->usage_limits != NULL) {
        usage_add(key, by_tokens ? (double)tokens : (double)tokens * COST_PER_1000 / 1000,
                  request->now);
        db_update_key(request->sandbox->db, key);
    }
    json_decref(limits);
}

static bool is_exhausted(const struct request *request)
{
    struct usage usage;
    usage_init(&usage, &request->caller, request->now);
    bool exhausted = usage_exhausted(&usage);
    usage_done(&usage);
    return exhausted;
}

/* The limits of the workspace, or NULL for none (gives). False when it is archived: nothing runs in
 * it any more. */
static bool workspace_limits(const struct request *request, char **limits)
{
    struct workspace_rec ws;
    if (!find_workspace_for(request, request->caller.workspace_id, false, &ws)) {
        return false;
    }
    *limits = ws.rate_limits == NULL ? NULL : xstrdup(ws.rate_limits);
    workspace_rec_done(&ws);
    return true;
}

/* Has the key, and its workspace, room for one more request? */
static bool is_allowed(const struct request *request, const char *limits)
{
    const struct key_rec *key = &request->caller;
    const struct rates *rates = &request->sandbox->rates;
    return rate_allows(rates, RATE_KEY, key->seq, key->rate_limits, request->now) &&
           rate_allows(rates, RATE_WORKSPACE, key->workspace, limits, request->now);
}

static void count_rates(struct request *request, const char *limits, json_int_t tokens)
{
    const struct key_rec *key = &request->caller;
    struct rates *rates = &request->sandbox->rates;
    rate_use(rates, RATE_KEY, key->seq, key->rate_limits, tokens, request->now);
    rate_use(rates, RATE_WORKSPACE, key->workspace, limits, tokens, request->now);
}

/* Completions need a workspace key, always; the gateway answers in its own shape: 412 for a budget
 * that is used up, 429 for a rate that is [DOC]. */
void handle_chat(struct request *request, struct reply *reply)
{
    const char *content = last_message(request->body);
    const char *model = json_string_value(json_object_get(request->body, "model"));
    char id[UUID_SIZE];
    if (content == NULL || model == NULL) {
        reply_failure(reply, 400, "model and messages are required");
        return;
    }
    if (is_exhausted(request)) {
        reply_failure(reply, 412, "Portkey Error: usage limit exceeded for this API key");
        return;
    }
    char *limits = NULL;
    if (!workspace_limits(request, &limits)) {
        reply_failure(reply, 403, "Portkey Error: the workspace of this API key is archived");
        return;
    }
    if (!is_allowed(request, limits)) {
        reply_failure(reply, 429, "Portkey Error: rate limit exceeded for this API key");
        free(limits);
        return;
    }
    json_int_t tokens = count_tokens(content);
    derive_uuid(request->sandbox->number, "chat", request->sandbox->requests, id);
    char *chat_id = xasprintf("chatcmpl-%s", id);
    json_t *choice = json_pack("{s:i,s:{s:s,s:s},s:s}", "index", 0, "message", "role", "assistant",
                               "content", content, "finish_reason", "stop");
    json_t *usage = json_pack("{s:I,s:I,s:I}", "prompt_tokens", tokens, "completion_tokens", tokens,
                              "total_tokens", 2 * tokens);
    reply_json(reply, json_pack("{s:s,s:s,s:I,s:s,s:[o],s:o}", "id", chat_id, "object",
                                "chat.completion", "created", (json_int_t)request->now / 1000,
                                "model", model, "choices", choice, "usage", usage));
    free(chat_id);
    use(request, 2 * tokens);
    count_rates(request, limits, 2 * tokens);
    free(limits);
}
