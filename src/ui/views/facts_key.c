/* A key as a page. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "model/access.h"
#include "ui/views/facts.h"

#include "base/banned.h"

/* Columns for an owner, who may have left. */
#define OWNER_ROOM 60

static void time_field(const char *label, int64_t when, int64_t now, bool brief, struct doc *doc)
{
    struct buf text;

    buf_init(&text, 0);
    if (brief) {
        facts_date(when, now, &text);
    } else {
        facts_time(when, now, &text);
    }
    doc_field(doc, label, STYLE_NORMAL, "%s", text.data);
    buf_done(&text);
}

/* Arena text may be anything: it is cleaned before it is shown. */
static void arena_field(const struct inventory *inv, const char *label, str_ref ref,
                        struct doc *doc)
{
    const char *raw = arena_text(&inv->arena, ref);
    char *clean = raw == NULL ? NULL : text_cleaned(raw);

    doc_field(doc, label, STYLE_NORMAL, "%s", clean == NULL || clean[0] == '\0' ? "-" : clean);
    free(clean);
}

static void pair_field(const struct inventory *inv, const char *label, struct text_pair pair,
                       struct doc *doc)
{
    const char *text = inventory_clean(inv, pair);

    doc_field(doc, label, STYLE_NORMAL, "%s", text[0] == '\0' ? "-" : text);
}

static void workspace_field(const struct inventory *inv, const struct key_row *key, bool brief,
                            struct doc *doc)
{
    int row = inventory_find_workspace(inv, key->workspace_id);
    const char *label = brief ? "Where" : "Workspace";
    char id[ID_TEXT_SIZE];
    const char *slug;
    char *clean;

    if ((key->unread & UNREAD_WORKSPACE) != 0) {
        doc_field(doc, label, STYLE_WARN, "?");
        return;
    }
    if (id_is_none(key->workspace_id)) {
        doc_field(doc, label, STYLE_NORMAL, "%s",
                  brief ? "organisation" : "none: it acts on the whole organisation");
        return;
    }
    if (row < 0) {
        doc_field(doc, label, STYLE_WARN, "? %s", inventory_id_text(inv, key->workspace_id, id));
        return;
    }
    slug = arena_text(&inv->arena, inv->workspaces[row].slug);
    clean = text_cleaned(brief || slug == NULL ? "" : slug);
    doc_field(doc, label, STYLE_NORMAL, "%s%s%s",
              inventory_workspace_name(inv, &inv->workspaces[row]), clean[0] == '\0' ? "" : "   ",
              clean);
    free(clean);
}

static void owner_field(const struct field_context *ctx, size_t row, struct doc *doc)
{
    const struct inventory *inv = ctx->inv;
    const struct key_row *key = &inv->keys[row];
    int user = inventory_find_user(inv, key->user_id);
    enum owner_state state = access_owner(inv, row);
    char name[256];
    char id[ID_TEXT_SIZE];

    if (state == OWNER_NONE) {
        doc_field(doc, "Owner", STYLE_NORMAL, "none (service key)");
    } else if (id_is_none(key->user_id)) {
        doc_field(doc, "Owner", STYLE_WARN, "?");
    } else if (user < 0) {
        doc_field(doc, "Owner", STYLE_WARN, "%s%s", state == OWNER_LEFT_ORGANISATION ? "" : "? ",
                  inventory_id_text(inv, key->user_id, id));
    } else {
        const char *mail = inventory_shares_name(inv, (size_t)user)
                               ? inventory_clean(inv, inv->users[user].email)
                               : "";

        doc_field(doc, "Owner", STYLE_NORMAL, "%s%s%s",
                  inventory_user_name(inv, &inv->users[user], name, sizeof(name)),
                  mail[0] == '\0' ? "" : "   ", mail);
    }
    if (state == OWNER_LEFT_ORGANISATION || state == OWNER_LEFT_WORKSPACE) {
        doc_field(doc, "", STYLE_WARN, "%s", access_owner_words(state));
    }
}

static void budget_field(const struct field_context *ctx, const struct key_extra *extra,
                         bool unread, struct doc *doc)
{
    const struct usage_limit *usage = &extra->usage;
    const char *unit = usage->type == LIMIT_COST ? "USD" : limit_type_name(usage->type);
    const char *reset = arena_text(&ctx->inv->arena, usage->periodic_reset);

    if (!usage->has_budget) {
        doc_field(doc, "Budget", unread ? STYLE_WARN : STYLE_NORMAL, unread ? "?" : "none");
        return;
    }
    if (unread) {
        doc_field(doc, "Budget", STYLE_WARN, "? part of it was not understood");
    }
    doc_field(doc, "Budget", STYLE_NORMAL, "%.12g %s", usage->credit_limit, unit);
    if (usage->current_usage >= 0) {
        doc_field(doc, "", STYLE_DIM, "used %.12g %s", usage->current_usage, unit);
    } else {
        doc_field(doc, "", STYLE_DIM, "used ?");
    }
    if (usage->alert_threshold >= 0) {
        doc_field(doc, "", STYLE_DIM, "alert at %.12g %s", usage->alert_threshold, unit);
    }
    if (reset != NULL || usage->reset_days > 0) {
        char *clean = text_cleaned(reset == NULL ? "" : reset);

        doc_field(doc, "", STYLE_DIM, reset == NULL ? "reset every %s%d days" : "reset %s", clean,
                  usage->reset_days);
        free(clean);
    }
}

static void rates_field(const struct inventory *inv, const struct key_extra *extra, bool unread,
                        bool brief, struct doc *doc)
{
    if (extra->rates_total == 0) {
        doc_field(doc, "Rates", unread ? STYLE_WARN : STYLE_NORMAL, unread ? "?" : "none");
    }
    for (int i = 0; i < extra->rate_count; i++) {
        const struct rate_limit *rate = &extra->rates[i];

        if (rate->type == LIMIT_TYPE_OTHER || rate->unit == RATE_UNIT_OTHER) {
            const char *raw = arena_text(&inv->arena, rate->raw);

            doc_field(doc, i == 0 ? "Rates" : "", STYLE_WARN, "? %s", raw == NULL ? "" : raw);
            continue;
        }
        doc_field(doc, i == 0 ? "Rates" : "", STYLE_NORMAL, "%.12g %s %s%s", rate->value,
                  limit_type_name(rate->type), rate_unit_name(rate->unit),
                  rate->value <= 0 && !brief ? " (blocks all)" : "");
    }
    if (extra->rates_total > extra->rate_count) {
        doc_field(doc, "", STYLE_WARN, "and %d more", extra->rates_total - extra->rate_count);
    }
}

static void rotation_field(const struct field_context *ctx, const struct key_extra *extra,
                           bool unread, bool brief, struct doc *doc)
{
    const struct rotation_policy *rotation = &extra->rotation;
    const char *period = arena_text(&ctx->inv->arena, rotation->period);
    char span[TIME_TEXT_SIZE];
    struct buf text;

    if (!rotation->set) {
        doc_field(doc, brief ? "Rotates" : "Rotation", unread ? STYLE_WARN : STYLE_NORMAL, "%s",
                  unread  ? "?"
                  : brief ? "never"
                          : "none");
        return;
    }
    buf_init(&text, 0);
    if (period != NULL) {
        text_clean(period, strlen(period), &text);
    } else if (rotation->period_days > 0) {
        buf_addf(&text, "every %d days", rotation->period_days);
    } else {
        buf_adds(&text, unread ? "?" : "once");
    }
    doc_field(doc, brief ? "Rotates" : "Rotation", STYLE_NORMAL, "%s", text.data);
    buf_clear(&text);
    if (rotation->next_at != TIME_NONE) {
        if (brief) {
            facts_date(rotation->next_at, ctx->now, &text);
        } else {
            facts_time(rotation->next_at, ctx->now, &text);
        }
        doc_field(doc, "", STYLE_DIM, "%s%s", brief ? "" : "next ", text.data);
    }
    if (rotation->transition_ms > 0 && !brief) {
        time_span(rotation->transition_ms, span);
        doc_field(doc, "", STYLE_DIM, "the old secret lives on for %s", span);
    }
    buf_done(&text);
}

static void name_field(const struct field_context *ctx, size_t row, const struct key_row *key,
                       struct doc *doc)
{
    const char *raw = inventory_raw(ctx->inv, key->name);
    struct buf escaped;

    facts_field(ctx, LIST_KEYS, "name", "Name", row, doc);
    if (key->name.clean == STR_NONE || raw == NULL) {
        return;
    }
    /* What was cleaned away is shown where it can do no harm. */
    buf_init(&escaped, 0);
    text_escape(raw, strlen(raw), &escaped);
    doc_field(doc, "", STYLE_WARN, "as sent: %s", escaped.data);
    buf_done(&escaped);
}

static void expiry_field(const struct field_context *ctx, const struct key_row *key, bool brief,
                         struct doc *doc)
{
    if (key->expires_at == TIME_NONE) {
        doc_field(doc, "Expires", STYLE_WARN, "never");
    } else {
        time_field("Expires", key->expires_at, ctx->now, brief, doc);
    }
}

/* What a key is not made for needs no reason; what it is made for and cannot do does. */
static void models_field(const struct field_context *ctx, size_t row, bool brief, struct doc *doc)
{
    const struct key_row *key = &ctx->inv->keys[row];
    struct power_answer answer = access_can_complete(ctx->inv, row, ctx->now);
    bool made_for_it = key->kind != KEY_ORGANISATION_SERVICE &&
                       scope_set_has_name(&key->scopes, "completions.write");

    if (answer.answer == ANSWER_UNKNOWN) {
        doc_field(doc, "Models", STYLE_WARN, "? %s", answer.why);
    } else if (answer.answer == ANSWER_YES) {
        doc_field(doc, "Models", STYLE_NORMAL, "can call models");
    } else if (made_for_it) {
        /* In brief why stands below, among the warnings. */
        bool told = brief && (field_key_notices(ctx, row) &
                              (NOTICES_NO_MODELS | NOTICE_EXPIRED | NOTICE_NO_ANSWER)) != 0;

        doc_field(doc, "Models", STYLE_WARN, "not now%s%s", told ? "" : ": ",
                  told ? "" : answer.why);
    } else {
        doc_field(doc, "Models", STYLE_NORMAL, "cannot call models");
    }
}

/* "can take over workspace-user keys of tools: rotates them, makes others like them" */
static void take_over_field(const struct field_context *ctx, size_t row, struct doc *doc)
{
    static const char *const WAYS[] = {"rotates them", "changes them", "makes others like them"};
    const struct inventory *inv = ctx->inv;
    const struct key_row *key = &inv->keys[row];
    const char *label = "Takes over";
    struct buf where;

    buf_init(&where, 0);
    if (key->kind == KEY_ORGANISATION_SERVICE) {
        buf_adds(&where, "the whole organisation");
    } else {
        facts_text(ctx, LIST_KEYS, "workspace", row, &where);
    }
    for (int kind = 0; kind < KEY_KIND_COUNT; kind++) {
        unsigned ways = access_takes_over(inv, row, (enum key_kind)kind, ctx->now);
        const char *gap = ": ";
        struct buf line;

        if (ways == 0) {
            continue;
        }
        buf_init(&line, 0);
        buf_addf(&line, "can take over %s keys of %s", key_kind_name((enum key_kind)kind),
                 where.data);
        for (size_t i = 0; i < sizeof(WAYS) / sizeof(*WAYS); i++) {
            if ((ways >> i & 1) != 0) {
                buf_addf(&line, "%s%s", gap, WAYS[i]);
                gap = ", ";
            }
        }
        buf_addf(&line, "%s", (ways & TAKE_UNKNOWN) != 0 ? (gap[0] == ':' ? ": ?" : ", ?") : "");
        doc_field(doc, label, STYLE_WARN, "%s", line.data);
        label = "";
        buf_done(&line);
    }
    buf_done(&where);
}

static void more(const struct field_context *ctx, size_t row, struct doc *doc)
{
    const struct key_row *key = &ctx->inv->keys[row];
    const struct key_extra *extra = inventory_extra(ctx->inv, key);
    char id[ID_TEXT_SIZE];

    take_over_field(ctx, row, doc);
    doc_section(doc, 0, "MORE");
    doc_field(doc, "Id", STYLE_NORMAL, "%s", inventory_id_text(ctx->inv, key->id, id));
    if (!id_is_none(key->workspace_id)) {
        doc_field(doc, "Workspace id", STYLE_NORMAL, "%s",
                  inventory_id_text(ctx->inv, key->workspace_id, id));
    }
    time_field("Created", key->created_at, ctx->now, false, doc);
    time_field("Updated", key->updated_at, ctx->now, false, doc);
    facts_field(ctx, LIST_KEYS, "mode", "Made by", row, doc);
    pair_field(ctx->inv, "Description", key->description, doc);
    arena_field(ctx->inv, "Config", extra->config_id, doc);
    doc_field(doc, "Override", STYLE_NORMAL, "%s",
              extra->config_id == STR_NONE ? "n/a: no config"
              : extra->allow_config_override < 0
                  ? "? the server did not say whether callers may override the config"
              : extra->allow_config_override ? "callers may override the config"
                                             : "callers may not override the config");
    pair_field(ctx->inv, "Metadata", extra->metadata, doc);
    pair_field(ctx->inv, "Alert mails", extra->alert_emails, doc);
}

/* A narrow panel breaks a line at a blank only. */
static void kind_field(const struct field_context *ctx, size_t row, bool brief, struct doc *doc)
{
    struct buf kind;

    buf_init(&kind, 0);
    facts_text(ctx, LIST_KEYS, "kind", row, &kind);
    for (char *at = strchr(kind.data, '-'); brief && at != NULL; at = strchr(at, '-')) {
        *at = ' ';
    }
    doc_field(doc, "Type", STYLE_NORMAL, "%s", kind.data);
    buf_done(&kind);
}

/* What takes one line comes first, so that from one key to the next as little as can be moves. */
static void brief_life(const struct field_context *ctx, size_t row, struct doc *doc)
{
    const struct key_row *key = &ctx->inv->keys[row];
    const struct key_extra *extra = inventory_extra(ctx->inv, key);

    models_field(ctx, row, true, doc);
    expiry_field(ctx, key, true, doc);
    time_field("Created", key->created_at, ctx->now, true, doc);
    rotation_field(ctx, extra, (key->unread & UNREAD_ROTATION) != 0, true, doc);
    rates_field(ctx->inv, extra, (key->unread & UNREAD_RATES) != 0, true, doc);
    budget_field(ctx, extra, (key->unread & UNREAD_BUDGET) != 0, doc);
}

void facts_key(const struct field_context *ctx, size_t row, bool brief, struct doc *doc)
{
    const struct key_row *key = &ctx->inv->keys[row];
    const struct key_extra *extra = inventory_extra(ctx->inv, key);
    char id[ID_TEXT_SIZE];

    if (brief) {
        doc_section(doc, 0, "%s", inventory_clean(ctx->inv, key->name));
        doc_text(doc, STYLE_DIM, "%s", inventory_id_text(ctx->inv, key->id, id));
    } else {
        doc_section(doc, 0, "KEY");
        name_field(ctx, row, key, doc);
    }
    facts_field(ctx, LIST_KEYS, "mask", "Mask", row, doc);
    kind_field(ctx, row, brief, doc);
    facts_field(ctx, LIST_KEYS, "status", "Status", row, doc);
    workspace_field(ctx->inv, key, brief, doc);
    owner_field(ctx, row, doc);
    if (brief) {
        brief_life(ctx, row, doc);
        return;
    }
    models_field(ctx, row, false, doc);
    expiry_field(ctx, key, false, doc);
    rotation_field(ctx, extra, (key->unread & UNREAD_ROTATION) != 0, false, doc);
    rates_field(ctx->inv, extra, (key->unread & UNREAD_RATES) != 0, false, doc);
    budget_field(ctx, extra, (key->unread & UNREAD_BUDGET) != 0, doc);
    more(ctx, row, doc);
}

static const struct notice {
    enum key_notice notice;
    enum style style;
    const char *words, *brief;
    bool seen_above; /* beside a list: what is told above it need not be told in full */
} NOTICES[];

static const char *const RISKS[SCOPE_MARK_COUNT] = {
    "M keys", "P people", "D deletes",      "C runs",
    "L logs", "A audit",  "O organisation", "V providers",
};

/* "? not understood: expires, scopes" */
static void unread_words(unsigned bits, struct buf *out)
{
    const char *gap = "? not understood: ";

    for (int i = 0; i < UNREAD_COUNT; i++) {
        if ((bits >> i & 1) != 0) {
            buf_addf(out, "%s%s", gap, unread_name(i));
            gap = ", ";
        }
    }
}

/* The worst first; what bears no sign of the list is worth a word, no more. */
static void each_notice(const struct field_context *ctx, size_t row, bool narrow,
                        void (*say)(struct doc *, struct buf *, enum style, const char *,
                                    const char *),
                        struct doc *doc, struct buf *line)
{
    unsigned notices = field_key_notices(ctx, row);
    unsigned marks = scope_set_marks(&ctx->inv->keys[row].scopes);

    for (const struct notice *notice = NOTICES; notice->words != NULL; notice++) {
        if ((notices & notice->notice) != 0) {
            say(doc, line, notice->style,
                narrow && notice->seen_above ? notice->brief : notice->words, notice->brief);
        }
    }
    if (access_owner(ctx->inv, row) == OWNER_LEFT_ORGANISATION) {
        say(doc, line, STYLE_WARN, "- its owner left the organisation", "- owner left org");
    } else if (access_owner(ctx->inv, row) == OWNER_LEFT_WORKSPACE) {
        say(doc, line, STYLE_WARN, "- its owner left the workspace", "- owner left ws");
    }
    if ((notices & NOTICE_UNREAD) != 0) {
        struct buf odd;

        buf_init(&odd, 0);
        unread_words(ctx->inv->keys[row].unread, &odd);
        say(doc, line, STYLE_WARN, odd.data, odd.data);
        buf_done(&odd);
    }
    for (int i = 0; i < SCOPE_MARK_COUNT; i++) {
        static const char *const WORDS[SCOPE_MARK_COUNT] = {
            NULL, /* a notice of its own */
            "P can change people",
            "D can delete",
            "C can change what runs",
            "L can read logs",
            "A can read the audit log",
            "O can change the organisation",
            "V can change providers",
        };

        if (WORDS[i] != NULL && (marks & 1u << i) != 0) {
            say(doc, line, STYLE_NORMAL, WORDS[i], RISKS[i]);
        }
    }
}

static void say_line(struct doc *doc, struct buf *line, enum style style, const char *words,
                     const char *brief)
{
    (void)line;
    (void)brief;
    doc_text(doc, style, "%s", words);
}

static void say_part(struct doc *doc, struct buf *line, enum style style, const char *words,
                     const char *brief)
{
    (void)doc;
    (void)style;
    (void)words;
    buf_adds(line, "   ");
    buf_adds(line, brief);
}

void facts_key_verdict(const struct field_context *ctx, size_t row, struct doc *doc)
{
    struct buf line;
    size_t before;

    doc_section(doc, 0, "%s", "");
    buf_init(&line, 0);
    facts_text(ctx, LIST_KEYS, "status", row, &line);
    before = line.len;
    each_notice(ctx, row, false, say_part, doc, &line);
    doc_text(doc, line.len > before ? STYLE_WARN : STYLE_GOOD, "%s", line.data);
    buf_done(&line);
}

void facts_key_owner(const struct field_context *ctx, size_t row, struct buf *out)
{
    struct field_context roomy = *ctx;

    roomy.room = OWNER_ROOM;
    facts_text(&roomy, LIST_KEYS, "owner", row, out);
}

void facts_key_risk(const struct field_context *ctx, size_t row, struct buf *out)
{
    unsigned marks = scope_set_marks(&ctx->inv->keys[row].scopes);
    const char *gap = "";
    int count = 0;

    for (int i = 0; i < SCOPE_MARK_COUNT; i++) {
        count += (marks & 1u << i) != 0 ? 1 : 0;
    }
    if (count == 0) {
        buf_adds(out, "none");
    } else if (count > 3) {
        facts_text(ctx, LIST_KEYS, "risk", row, out);
    }
    for (int i = 0; count <= 3 && i < SCOPE_MARK_COUNT; i++) {
        if ((marks & 1u << i) != 0) {
            buf_addf(out, "%s%s", gap, RISKS[i]);
            gap = ", ";
        }
    }
}

void facts_key_warnings(const struct field_context *ctx, size_t row, bool narrow, struct doc *doc)
{
    unsigned signs = NOTICE_OWN | NOTICE_EXPIRED | NOTICE_NO_ANSWER | NOTICE_EXHAUSTED |
                     NOTICE_BLOCKED | NOTICES_LOOK;
    struct buf any;

    buf_init(&any, 0);
    each_notice(ctx, row, false, say_part, doc, &any);
    if (any.len > 0) {
        doc_section(doc, narrow ? 0 : 1, "%s",
                    (field_key_notices(ctx, row) & signs) != 0 ? "LOOK TWICE" : "GOOD TO KNOW");
        each_notice(ctx, row, narrow, say_line, doc, NULL);
    }
    buf_done(&any);
}

void facts_key_raw(const struct field_context *ctx, size_t row, struct doc *doc)
{
    const struct key_row *key = &ctx->inv->keys[row];
    const struct key_extra *extra = inventory_extra(ctx->inv, key);
    const char *unknown = inventory_clean(ctx->inv, extra->unknown);
    size_t count;
    const struct field *fields = field_table(LIST_KEYS, &count);

    doc_section(doc, 0, "ALL FIELDS");
    for (size_t i = 0; i < count; i++) {
        if (strcmp(fields[i].key, "flag") != 0) {
            facts_field(ctx, LIST_KEYS, fields[i].key, fields[i].key, row, doc);
        }
    }
    doc_section(doc, 0, "FIELDS THIS PROGRAM DOES NOT KNOW");
    doc_text(doc, STYLE_NORMAL, "%s", unknown[0] == '\0' ? "none" : unknown);
}

static const struct notice NOTICES[] = {
    {NOTICE_OWN, STYLE_OWN, "@ this is your own key", "@ YOUR OWN", false},
    {NOTICE_EXPIRED, STYLE_BAD, "X expired: the server accepts it no more", "X expired", false},
    {NOTICE_NO_ANSWER, STYLE_BAD,
     "? the server answers no more for its id: it may be gone. r reads the list again",
     "? answers no more", false},
    {NOTICE_EXHAUSTED, STYLE_BAD, "x calls no models: its budget is used up", "x budget used up",
     true},
    {NOTICE_BLOCKED, STYLE_BAD, "x calls no models: a rate limit of 0", "x blocked", true},
    {NOTICE_BLOCKED_THERE, STYLE_BAD, "x calls no models: its workspace lets none through",
     "x blocked in its workspace", false},
    {NOTICE_ENDS_SOON, STYLE_WARN, "! expires within a week", "! expires soon", false},
    {NOTICE_MAKES_KEYS, STYLE_WARN, "! can make or change keys (M)", "! M keys", false},
    {NOTICE_MANY_SCOPES, STYLE_WARN, "! 50 scopes or more", "! 50 scopes or more", false},
    {NOTICE_ODD_SCOPES, STYLE_WARN, "? scopes this program does not know", "? scopes", false},
    {NOTICE_NO_EXPIRY, STYLE_NORMAL, "- no expiry", "- no expiry", false},
    {NOTICE_NO_LIMITS, STYLE_NORMAL, "- no rate limit and no budget", "- no limits", true},
    {NOTICE_OWN, STYLE_NORMAL, NULL, NULL, false},
};
