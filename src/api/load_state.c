/* What each list has come to, in the words that people read. Only what is sure is called
 * complete. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "api/errors.h"
#include "api/load_internal.h"
#include "base/buf.h"

#include "base/banned.h"

/* Workspaces that are named where the members of some could not be read. */
#define NAMED_MAX 3

static bool answers_no(const struct err *err)
{
    return err->kind == ERR_FORBIDDEN || err->kind == ERR_GONE;
}

/* Bytes of its text before the advice to check the base URL: whether that is good advice is known
 * when all is read. */
static int text_without_advice(const struct err *err)
{
    return (int)(strlen(err->text) - (err->check_url ? strlen(ERROR_CHECK_BASE_URL) : 0));
}

/* Cut between characters. */
static void put_why(struct list_state *state, const char *text)
{
    size_t len = strlen(text);

    if (len >= sizeof(state->why)) {
        len = sizeof(state->why) - 1;
        while (len > 0 && ((unsigned char)text[len] & 0xc0u) == 0x80u) {
            len--;
        }
    }
    memcpy(state->why, text, len);
    state->why[len] = '\0';
}

static void set_state(struct api_load *load, enum list_kind list, enum list_progress progress,
                      const char *format, ...) __attribute__((format(printf, 4, 5)));

static void set_state(struct api_load *load, enum list_kind list, enum list_progress progress,
                      const char *format, ...)
{
    struct list_state *state = &load->inv->lists[list];
    char why[1200];
    va_list args;

    va_start(args, format);
    vsnprintf(why, sizeof(why), format, args);
    va_end(args);
    put_why(state, why);
    state->progress = progress;
    state->counted = load_rows_held(load->inv, list);
    if (progress == PROGRESS_COMPLETE || (progress == PROGRESS_PARTIAL && state->counted > 0)) {
        state->loaded_at = clock_now(load->client->clock);
    }
    load->inv->generation++;
}

void load_state_begin(struct api_load *load, enum list_kind list)
{
    struct list_state *state = &load->inv->lists[list];

    state->total = -1;
    state->scope[0] = '\0';
    state->cause = ERR_NONE;
    state->said = 0;
    set_state(load, list, PROGRESS_LOADING, "%s", "");
}

void load_state_progress(struct reader *reader)
{
    struct list_state *state = &reader->load->inv->lists[reader->list];

    state->counted = load_rows_held(reader->load->inv, reader->list);
    if (reader->list != LIST_MEMBERS) {
        state->total = reader->total < 0 ? -1 : reader->total + reader->others;
    }
    reader->load->inv->generation++;
}

/* -- one list -- */

static void end_with_error(struct reader *reader)
{
    struct api_load *load = reader->load;
    struct list_state *state = &load->inv->lists[reader->list];
    bool empty = load_rows_held(load->inv, reader->list) == 0;

    snprintf(state->scope, sizeof(state->scope), "%s", reader->err.scope);
    state->cause = reader->err.kind;
    state->said = reader->err.said;
    load->check_url |= reader->err.check_url ? 1u << reader->list : 0u;
    set_state(load, reader->list,
              !empty                     ? PROGRESS_PARTIAL
              : answers_no(&reader->err) ? PROGRESS_REFUSED
                                         : PROGRESS_FAILED,
              "%.*s", text_without_advice(&reader->err), reader->err.text);
}

static void end_whole(struct reader *reader)
{
    struct api_load *load = reader->load;
    const char *name = list_name(reader->list);

    if (reader->endless) {
        set_state(
            load, reader->list, PROGRESS_PARTIAL,
            "The list of %s does not end: %lld rows came where the server first told of %lld. "
            "No more were asked for.",
            name, (long long)reader->came,
            (long long)(reader->first_total < 0 ? 0 : reader->first_total));
    } else if (reader->total < 0) {
        set_state(load, reader->list, PROGRESS_PARTIAL,
                  "The server does not tell how many %s there are.", name);
    } else if (reader->bad_rows > 0) {
        bool none = load_rows_held(load->inv, reader->list) == 0;

        load->inv->lists[reader->list].cause = ERR_DECODE;
        set_state(load, reader->list, none ? PROGRESS_FAILED : PROGRESS_PARTIAL,
                  "%zu of the %s could not be understood: %s", reader->bad_rows, name,
                  reader->row_error);
    } else if ((int64_t)reader->seen != reader->total) {
        set_state(load, reader->list, PROGRESS_PARTIAL,
                  "The server tells of %lld %s and gave %zu, at a second reading too. Read them "
                  "again.",
                  (long long)reader->total, name, reader->seen);
    } else if (reader->moved || (reader->pass == 1 && !load_drop_unseen(reader))) {
        set_state(load, reader->list, PROGRESS_PARTIAL,
                  "The %s changed while they were read, at a second reading too. Read them "
                  "again.",
                  name);
    } else {
        set_state(load, reader->list, PROGRESS_COMPLETE, "%s", "");
    }
}

static void end_list(struct reader *reader)
{
    struct list_state *state = &reader->load->inv->lists[reader->list];

    if (reader->err.kind != ERR_NONE) {
        end_with_error(reader);
    } else {
        end_whole(reader);
    }
    state->total = reader->total;
}

void load_state_end_part(struct reader *reader)
{
    struct list_state *state = &reader->load->inv->lists[reader->list];

    load_state_end(reader);
    if (state->progress == PROGRESS_COMPLETE) {
        state->progress = PROGRESS_LOADING;
    }
}

/* The rest of the list stands as it was told. One that was archived meanwhile is in both parts. */
void load_state_end_archived(struct reader *reader)
{
    struct api_load *load = reader->load;
    struct list_state *state = &load->inv->lists[LIST_WORKSPACES];
    const struct list_state rest = *state;

    if (reader->err.kind != ERR_NONE) {
        load->archived = reader->err;
        if (rest.progress == PROGRESS_LOADING) {
            set_state(load, LIST_WORKSPACES, PROGRESS_COMPLETE, "%s", "");
        }
        return;
    }
    load->archived.kind = ERR_NONE;
    end_whole(reader);
    if (rest.progress != PROGRESS_LOADING) {
        *state = rest;
        state->counted = load_rows_held(load->inv, LIST_WORKSPACES);
        state->total = -1;
    } else if (state->progress == PROGRESS_COMPLETE) {
        state->total = reader->others + reader->total;
        if ((int64_t)load_rows_held(load->inv, LIST_WORKSPACES) != state->total) {
            set_state(load, LIST_WORKSPACES, PROGRESS_PARTIAL,
                      "A workspace was archived while they were read. r reads them again.");
        }
    } else {
        state->total = -1;
    }
}

/* -- members -- */

static void end_workspace(struct reader *reader)
{
    struct api_load *load = reader->load;
    struct member_state *state = &load->inv->member_states[reader->workspace];

    snprintf(state->scope, sizeof(state->scope), "%s", reader->err.scope);
    if (reader->err.kind != ERR_NONE) {
        state->why = arena_intern(&load->inv->arena, reader->err.text,
                                  (size_t)text_without_advice(&reader->err));
        state->said = reader->err.said;
        load->inv->lists[LIST_MEMBERS].cause = reader->err.kind;
    }
    if (reader->err.kind == ERR_NONE) {
        bool whole = (int64_t)reader->seen == reader->total && !reader->moved && !reader->endless &&
                     (reader->pass == 0 || load_drop_unseen(reader));

        state->progress = whole ? PROGRESS_COMPLETE : PROGRESS_PARTIAL;
        load->workspaces_read++;
    } else if (reader->pages > 0 || reader->pass > 0) {
        state->progress = PROGRESS_PARTIAL;
        load->failures++;
    } else if (answers_no(&reader->err)) {
        state->progress = PROGRESS_REFUSED;
        load->refusals++;
    } else {
        state->progress = PROGRESS_FAILED;
        load->failures++;
    }
    if (reader->total < 0) {
        load->members_total = -1;
    } else if (load->members_total >= 0) {
        load->members_total += reader->total;
    }
    load_state_progress(reader);
}

void load_state_end(struct reader *reader)
{
    if (reader->list == LIST_MEMBERS) {
        end_workspace(reader);
    } else {
        end_list(reader);
    }
}

static void end_without_workspaces(struct api_load *load)
{
    struct inventory *inv = load->inv;
    const struct list_state *workspaces = &inv->lists[LIST_WORKSPACES];
    bool refused = workspaces->progress == PROGRESS_REFUSED;

    if (workspaces->progress == PROGRESS_COMPLETE) {
        inv->lists[LIST_MEMBERS].total = 0;
        set_state(load, LIST_MEMBERS, PROGRESS_COMPLETE, "%s", "");
        return;
    }
    snprintf(inv->lists[LIST_MEMBERS].scope, sizeof(inv->lists[LIST_MEMBERS].scope), "%s",
             workspaces->scope);
    inv->lists[LIST_MEMBERS].cause = workspaces->cause;
    set_state(load, LIST_MEMBERS, refused ? PROGRESS_REFUSED : PROGRESS_FAILED,
              "The members cannot be asked for: the list of workspaces could not be read.");
}

/* Counts the workspaces whose members were read like this. */
static size_t count_members(struct api_load *load, enum list_progress progress, const char **scope)
{
    size_t count = 0;

    for (size_t i = 0; i < load->inv->workspace_count; i++) {
        const struct member_state *state = &load->inv->member_states[i];

        if (state->progress == progress && !load->inv->workspaces[i].archived) {
            count++;
            *scope = state->scope[0] != '\0' ? state->scope : *scope;
        }
    }
    return count;
}

/* "2 of 8 workspaces (finance, payments)", and why the first of them. */
static void name_unread(const struct inventory *inv, size_t unread, size_t all, struct buf *names,
                        const char **why)
{
    size_t named = 0;

    buf_addf(names, "%zu of %zu workspaces (", unread, all);
    for (size_t i = 0; i < inv->workspace_count && named < NAMED_MAX; i++) {
        if (inv->member_states[i].progress != PROGRESS_COMPLETE) {
            const char *cause = arena_text(&inv->arena, inv->member_states[i].why);

            buf_addf(names, "%s%s", named++ > 0 ? ", " : "",
                     inventory_workspace_name(inv, &inv->workspaces[i]));
            *why = *why == NULL ? cause : *why;
        }
    }
    buf_adds(names, unread > named ? ", ..)" : ")");
}

static void some_unread(struct api_load *load, size_t unread, size_t all)
{
    const char *why = NULL;
    struct buf names;

    buf_init(&names, 0);
    name_unread(load->inv, unread, all, &names, &why);
    set_state(load, LIST_MEMBERS, PROGRESS_PARTIAL,
              "The members of %s could not be read, or not all of them%s%s", names.data,
              why == NULL ? "." : ": ", why == NULL ? "" : why);
    buf_done(&names);
}

/* The first workspace whose members the server refused: what it said of it is kept. */
static const struct member_state *first_refused(const struct inventory *inv)
{
    size_t i = 0;

    while (i + 1 < inv->workspace_count && (inv->member_states[i].progress != PROGRESS_REFUSED ||
                                            inv->member_states[i].said == 0)) {
        i++;
    }
    return &inv->member_states[i];
}

static void all_refused(struct api_load *load, const char *scope)
{
    const struct member_state *first = first_refused(load->inv);

    if (first->said > 0) {
        set_state(load, LIST_MEMBERS, PROGRESS_REFUSED,
                  "No workspace's members were read. %.*s" ERROR_GUESS "the scope %s.",
                  (int)first->said, arena_text(&load->inv->arena, first->why),
                  scope[0] != '\0' ? scope : "workspace_users.list");
    } else {
        set_state(load, LIST_MEMBERS, PROGRESS_REFUSED,
                  "The server refused the members of every workspace that was asked." ERROR_GUESS
                  "the scope %s.",
                  scope[0] != '\0' ? scope : "workspace_users.list");
    }
}

/* Workspaces that were not asked any more, because all before them were refused or failed. */
static void fill_unasked(struct api_load *load)
{
    static const char why[] =
        "They were not asked for, since the members of those before were not given.";
    enum list_progress rest = load->refusals > 0 ? PROGRESS_REFUSED : PROGRESS_FAILED;

    for (size_t i = load->next_workspace; i < load->inv->workspace_count; i++) {
        if (load->inv->workspaces[i].archived) {
            load->inv->member_states[i].progress = PROGRESS_COMPLETE;
            continue;
        }
        load->inv->member_states[i] = (struct member_state){
            .progress = rest, .why = arena_intern(&load->inv->arena, why, sizeof(why) - 1)};
        load->members_total = -1;
    }
}

void load_members_end(struct api_load *load)
{
    struct inventory *inv = load->inv;
    struct list_state *state = &inv->lists[LIST_MEMBERS];
    const char *scope = "";
    size_t whole, refused, part;
    size_t live = 0; /* nobody is in an archived one */

    if (inv->workspace_count == 0) {
        end_without_workspaces(load);
        return;
    }
    for (size_t i = 0; i < inv->workspace_count; i++) {
        live += !inv->workspaces[i].archived;
    }
    fill_unasked(load);
    whole = count_members(load, PROGRESS_COMPLETE, &scope);
    part = count_members(load, PROGRESS_PARTIAL, &scope);
    refused = count_members(load, PROGRESS_REFUSED, &scope);
    snprintf(state->scope, sizeof(state->scope), "%s", scope);
    state->total = load->members_total;
    if (whole == live && inv->lists[LIST_WORKSPACES].progress == PROGRESS_COMPLETE) {
        set_state(load, LIST_MEMBERS, PROGRESS_COMPLETE, "%s", "");
    } else if (whole == live) {
        state->total = -1;
        set_state(load, LIST_MEMBERS, PROGRESS_PARTIAL,
                  "Not all workspaces are known, so there may be members of others.");
    } else if (refused == live) {
        all_refused(load, scope);
    } else if (whole + part == 0) {
        set_state(load, LIST_MEMBERS, PROGRESS_FAILED, "%s",
                  load->err.kind != ERR_NONE ? load->err.text : "No members could be read.");
    } else {
        some_unread(load, live - whole, live);
    }
}

void load_state_stop(struct api_load *load, const char *why)
{
    for (int list = 0; list < LIST_COUNT; list++) {
        if ((load->lists & 1u << list) != 0 &&
            load->inv->lists[list].progress == PROGRESS_LOADING) {
            set_state(load, (enum list_kind)list, PROGRESS_PARTIAL, "%s", why);
        }
    }
}

void load_state_people(struct api_load *load)
{
    const struct list_state *state = &load->inv->lists[LIST_USERS];
    struct list_state before = *state;
    bool guess = before.said > 0 && before.scope[0] != '\0';

    if (before.progress == PROGRESS_PARTIAL) {
        set_state(load, LIST_USERS, PROGRESS_PARTIAL, "%s", before.why);
    } else if (before.progress == PROGRESS_REFUSED) {
        set_state(load, LIST_USERS, PROGRESS_PARTIAL,
                  "Only the people of the workspaces are shown. %.*s%s%s%s",
                  (int)(guess ? before.said : strlen(before.why)), before.why,
                  guess ? ERROR_GUESS : "", guess ? before.scope : "", guess ? "." : "");
    } else {
        set_state(load, LIST_USERS, PROGRESS_PARTIAL,
                  "Only the people of the workspaces are shown, for the list of users could not be "
                  "read: %s",
                  before.why);
    }
}

/* -- when all is read -- */

void load_state_words(struct api_load *load)
{
    struct inventory *inv = load->inv;
    bool any = false;

    for (int list = 0; list < LIST_COUNT; list++) {
        any = any || inventory_list_read(inv, (enum list_kind)list);
    }
    for (int list = 0; list < LIST_COUNT; list++) {
        struct list_state before = inv->lists[list];

        if ((load->check_url & 1u << list) != 0) {
            set_state(load, (enum list_kind)list, before.progress, "%s%s", before.why,
                      any ? " It answers for other lists, so the base URL is right."
                          : ERROR_CHECK_BASE_URL);
        }
    }
}

/* The list is no more than what a key of one workspace sees of it. */
static void only_own(struct api_load *load, enum list_kind list, const char *why)
{
    struct list_state before = load->inv->lists[list];
    bool refused =
        list == LIST_USERS && (before.cause == ERR_FORBIDDEN || before.cause == ERR_GONE);

    if ((load->lists & 1u << list) == 0) {
        return;
    }
    if (before.progress == PROGRESS_COMPLETE || refused) {
        load->inv->lists[list].scope[0] = '\0'; /* no workspace key can hold it */
        load->inv->lists[list].total = -1;
        set_state(load, list,
                  before.progress == PROGRESS_COMPLETE ? PROGRESS_PARTIAL : before.progress, "%s",
                  why);
    }
}

/* "status=active,archived" was refused, and the list without it was not. */
static void without_archived(struct api_load *load)
{
    struct list_state *state = &load->inv->lists[LIST_WORKSPACES];

    if (load->archived.kind != ERR_NONE && state->progress == PROGRESS_COMPLETE) {
        state->total = -1;
        set_state(load, LIST_WORKSPACES, PROGRESS_PARTIAL,
                  "Archived workspaces are not shown, for the server does not list them: %s",
                  load->archived.text);
    }
}

void load_state_reach(struct api_load *load)
{
    const struct inventory *inv = load->inv;
    const char *why = OWN_WORKSPACE_ONLY ".";

    if (!inventory_own_is_of_workspace(inv)) {
        /* An admin key lists people, or sees more than one workspace, or finds itself. */
        if (inv->own_key >= 0 || (load->lists & LOAD_ALL) != LOAD_ALL ||
            inv->workspace_count != 1 || inv->lists[LIST_USERS].progress == PROGRESS_COMPLETE) {
            without_archived(load);
            return;
        }
        why = "Your own key was not found: if it is a workspace key, it sees its own workspace "
              "only.";
    } else if ((load->lists & 1u << LIST_KEYS) != 0 &&
               inv->lists[LIST_KEYS].progress == PROGRESS_COMPLETE) {
        load->inv->lists[LIST_KEYS].total = -1;
    }
    only_own(load, LIST_WORKSPACES, why);
    only_own(load, LIST_USERS, why);
    only_own(load, LIST_MEMBERS, why);
}
