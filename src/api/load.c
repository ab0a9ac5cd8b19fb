#include "api/load.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "api/load_internal.h"
#include "base/alloc.h"

#include "base/banned.h"

/* Pages that may be here and not decoded yet, beside those under way. */
#define PAGES_AHEAD 4
/* When so many workspaces refuse or fail to tell their members and none tells, the rest is not
 * asked. */
#define REFUSALS_MAX 8
#define FAILURES_MAX 3

static const enum endpoint ENDPOINT_OF[LIST_COUNT] = {
    [LIST_WORKSPACES] = ENDPOINT_WORKSPACES,
    [LIST_USERS] = ENDPOINT_USERS,
    [LIST_MEMBERS] = ENDPOINT_MEMBERS,
    [LIST_KEYS] = ENDPOINT_KEYS,
};

/* Archived workspaces come only when they are asked for, and not to everybody (BE 1.11.2). */
#define ALL_WORKSPACES "status=active,archived"
/* Some take one status at a time. */
#define ARCHIVED_WORKSPACES "status=archived"

static void on_page(void *ctx, struct request *request, struct answer *answer);

/* -- readers and pages -- */

static void begin_pass(struct reader *reader, int pass)
{
    reader->pass = pass;
    reader->total = reader->first_total = -1;
    reader->came = 0;
    reader->next_page = reader->next_taken = 0;
    reader->end_page = 1;
    reader->pages = 0;
    reader->seen = reader->bad_rows = 0;
    reader->moved = reader->ended = false;
    reader->rows_before = load_rows_held(reader->load->inv, reader->list);
    reader->held = reader->load->inv->key_count;
}

static struct reader *add_reader(struct api_load *load, enum list_kind list, size_t workspace)
{
    struct reader *reader = xcalloc(1, sizeof(*reader));

    reader->load = load;
    reader->list = list;
    reader->workspace = workspace;
    reader->filter = list == LIST_WORKSPACES ? ALL_WORKSPACES : NULL;
    begin_pass(reader, 0);
    reader->next = load->readers;
    load->readers = reader;
    return reader;
}

static void remove_reader(struct reader *reader)
{
    struct reader **link = &reader->load->readers;

    while (*link != reader) {
        link = &(*link)->next;
    }
    *link = reader->next;
    free(reader);
}

static void remove_page(struct page *page)
{
    struct api_load *load = page->reader->load;

    if (page->prev != NULL) {
        page->prev->next = page->next;
    } else {
        load->pages = page->next;
    }
    if (page->next != NULL) {
        page->next->prev = page->prev;
    }
    page->reader->open--;
    load->open--;
    free(page);
}

/* Is it this page's turn? */
static bool page_wanted(void *ctx)
{
    const struct page *page = ctx;

    return page->number == page->reader->next_taken;
}

static void ask(struct reader *reader)
{
    struct api_load *load = reader->load;
    const struct inventory *inv = load->inv;
    struct page *page = xcalloc(1, sizeof(*page));
    char id[ID_TEXT_SIZE];
    struct request_spec spec = {
        .endpoint = ENDPOINT_OF[reader->list],
        .kind = KEY_KIND_UNKNOWN,
        .size = PAGE_SIZE,
        .page = reader->next_page,
        .filter = reader->filter,
        .bulk = true,
        .wanted = page_wanted,
        .fn = on_page,
        .ctx = page,
    };

    if (reader->list == LIST_MEMBERS) {
        spec.id = inventory_id_text(inv, inv->workspaces[reader->workspace].id, id);
    }
    page->reader = reader;
    page->number = reader->next_page++;
    page->next = load->pages;
    if (page->next != NULL) {
        page->next->prev = page;
    }
    load->pages = page;
    reader->open++;
    load->open++;
    page->ticket = client_send(load->client, &spec);
}

static bool can_ask(const struct reader *reader)
{
    return reader->err.kind == ERR_NONE && !reader->endless && reader->next_page < reader->end_page;
}

static bool members_left(const struct api_load *load)
{
    return (load->lists & 1u << LIST_MEMBERS) != 0 && !load->members_wait &&
           load->next_workspace < load->inv->workspace_count &&
           (load->workspaces_read > 0 || load->refusals < REFUSALS_MAX) &&
           load->failures < FAILURES_MAX;
}

/* Nobody can look into an archived workspace any more: its members are not asked for [OBS]. */
static void skip_archived(struct api_load *load)
{
    struct inventory *inv = load->inv;

    while (members_left(load) && inv->workspaces[load->next_workspace].archived) {
        inv->member_states[load->next_workspace++].progress = PROGRESS_COMPLETE;
    }
}

/* The lists take turns, so that no long one holds up the others. */
static struct reader *next_reader(struct api_load *load)
{
    for (int i = 1; i <= LIST_COUNT; i++) {
        int list = (load->turn + i) % LIST_COUNT;

        for (struct reader *reader = load->readers; reader != NULL; reader = reader->next) {
            if ((int)reader->list == list && can_ask(reader)) {
                load->turn = list;
                return reader;
            }
        }
        if (list == LIST_MEMBERS) {
            skip_archived(load);
        }
        if (list == LIST_MEMBERS && members_left(load)) {
            load->turn = list;
            return add_reader(load, LIST_MEMBERS, load->next_workspace++);
        }
    }
    return NULL;
}

static void ask_more(struct api_load *load)
{
    while (load->open < client_bulk_places(load->client) + PAGES_AHEAD) {
        struct reader *reader = next_reader(load);

        if (reader == NULL) {
            return;
        }
        ask(reader);
    }
}

/* -- the end -- */

static void drop_all(struct api_load *load)
{
    for (struct page *page = load->pages, *next; page != NULL; page = next) {
        next = page->next;
        client_drop(load->client, page->ticket);
        free(page);
    }
    for (struct reader *reader = load->readers, *next; reader != NULL; reader = next) {
        next = reader->next;
        free(reader);
    }
    load->pages = NULL;
    load->readers = NULL;
    load->open = 0;
    client_pump(load->client);
}

/* A proxy that wants a password, a network that wants a login: every further try does harm. */
static bool is_final(const struct err *err)
{
    return err->source == ERR_FROM_BETWEEN && (err->status == 407 || err->status == 511);
}

/* The last thing that is done: the callback may free the load. */
static void finish(struct api_load *load)
{
    bool failed = load->err.kind == ERR_AUTH || is_final(&load->err) ||
                  (load->err.kind != ERR_NONE && !load->reached);

    load_state_words(load);
    load_people_of_members(load);
    load_state_reach(load);
    load->finished = true;
    load->fn(load->ctx, true, failed ? &load->err : NULL);
}

static void finish_later(void *ctx)
{
    struct api_load *load = ctx;

    load->deferred = 0;
    finish(load);
}

/* Something came or went while the pages were read, or the server counts otherwise than it gives:
 * the list is read once more (decision 11). */
static bool needs_second(const struct reader *reader)
{
    if (reader->pass > 0 || reader->err.kind != ERR_NONE || reader->total < 0 || reader->endless) {
        return false;
    }
    return reader->moved || (int64_t)(reader->seen + reader->bad_rows) != reader->total;
}

/* The list was had without its filter: what is archived may be had by itself. False when there is
 * nothing more to ask. */
static bool ask_for_archived(struct reader *reader)
{
    struct api_load *load = reader->load;

    if (reader->list != LIST_WORKSPACES || load->archived.kind == ERR_NONE ||
        load->archived_alone || reader->err.kind != ERR_NONE) {
        return false;
    }
    load_state_end_part(reader);
    load->archived_alone = true;
    reader->others = reader->total;
    reader->filter = ARCHIVED_WORKSPACES;
    begin_pass(reader, 0);
    return true;
}

static void end_reader(struct reader *reader)
{
    struct api_load *load = reader->load;

    if (ask_for_archived(reader)) {
        return;
    }
    if (reader->list == LIST_WORKSPACES && load->archived_alone) {
        load_state_end_archived(reader);
    } else {
        load_state_end(reader);
    }
    if (reader->list == LIST_WORKSPACES) {
        load->members_wait = false;
    }
    if (reader->list == LIST_KEYS && load->inv->key_count > 0) {
        load_find_own(load);
    }
    remove_reader(reader);
}

static bool members_over(const struct api_load *load)
{
    if (load->members_wait || members_left(load)) {
        return false;
    }
    for (const struct reader *reader = load->readers; reader != NULL; reader = reader->next) {
        if (reader->list == LIST_MEMBERS) {
            return false;
        }
    }
    return true;
}

/* Looks what is to be done after a page. True when all is done. */
static bool advance(struct api_load *load)
{
    struct list_state *members = &load->inv->lists[LIST_MEMBERS];

    ask_more(load);
    if ((load->lists & 1u << LIST_MEMBERS) != 0 && members->progress == PROGRESS_LOADING &&
        members_over(load)) {
        load_members_end(load);
    }
    return load->readers == NULL;
}

static void key_refused(struct api_load *load)
{
    drop_all(load);
    if ((load->lists & 1u << LIST_KEYS) != 0 && load->inv->key_count > 0) {
        load_find_own(load);
    }
    load_state_stop(load, load->err.text);
}

/* A key of one workspace, or a server that does not know the filter: the list without it may be had
 * all the same. */
static bool without_filter(struct reader *reader, const struct err *err)
{
    if (reader->filter == NULL || reader->load->archived_alone || reader->pages > 0 ||
        reader->open > 0 ||
        (err->kind != ERR_FORBIDDEN && err->kind != ERR_GONE && err->kind != ERR_REFUSED)) {
        return false;
    }
    reader->load->archived = *err;
    reader->filter = NULL;
    begin_pass(reader, 0);
    return true;
}

static void page_failed(struct reader *reader, const struct err *err)
{
    struct api_load *load = reader->load;

    if (reader->err.kind == ERR_NONE) {
        reader->err = *err;
    }
    if (load->err.kind == ERR_NONE || err->kind == ERR_AUTH || is_final(err)) {
        load->err = *err;
    }
    load->reached = load->reached || err->kind == ERR_FORBIDDEN || err->kind == ERR_GONE;
}

static void on_page(void *ctx, struct request *request, struct answer *answer)
{
    struct page *page = ctx;
    struct reader *reader = page->reader;
    struct api_load *load = reader->load;
    struct err err = answer->err;
    enum taking taking = TAKE_FAILED;

    if (answer->ok) {
        taking = load_take_page(page, answer, &err);
    }
    if (taking == TAKE_MORE) {
        request_go_on(request);
        return;
    }
    reader->next_taken++;
    remove_page(page);
    if (taking == TAKE_DONE) {
        load->reached = true;
        load_state_progress(reader);
    } else if (!without_filter(reader, &err)) {
        page_failed(reader, &err);
    }
    if (load->err.kind == ERR_AUTH || is_final(&load->err)) {
        key_refused(load);
        finish(load);
        return;
    }
    if (reader->open == 0 && !can_ask(reader)) {
        if (needs_second(reader)) {
            begin_pass(reader, 1);
        } else {
            end_reader(reader);
        }
    }
    if (advance(load)) {
        finish(load);
    } else {
        load->fn(load->ctx, false, NULL);
    }
}

/* -- life -- */

struct api_load *api_load_start(struct api_client *client, struct inventory *inv, unsigned lists,
                                api_load_fn *fn, void *ctx)
{
    static const enum list_kind whole[] = {LIST_KEYS, LIST_USERS, LIST_WORKSPACES};
    struct api_load *load = xcalloc(1, sizeof(*load));

    load->client = client;
    load->inv = inv;
    load->lists = lists & LOAD_ALL;
    load->fn = fn;
    load->ctx = ctx;
    load->turn = LIST_COUNT - 1;
    load->members_wait = (lists & 1u << LIST_WORKSPACES) != 0;
    for (int list = 0; list < LIST_COUNT; list++) {
        if ((lists & 1u << list) != 0) {
            load_state_begin(load, (enum list_kind)list);
        }
    }
    for (size_t i = 0; i < sizeof(whole) / sizeof(whole[0]); i++) {
        if ((lists & 1u << whole[i]) != 0) {
            add_reader(load, whole[i], 0);
        }
    }
    if (advance(load)) {
        load->deferred = loop_defer(client->loop, finish_later, load);
    }
    return load;
}

void api_load_free(struct api_load *load)
{
    if (load == NULL) {
        return;
    }
    loop_undefer(load->client->loop, load->deferred);
    drop_all(load);
    if (!load->finished) {
        load_state_stop(load, "Stopped before all of it was read.");
    }
    for (int list = 0; list < LIST_COUNT; list++) {
        free(load->seen[list][0].bits);
        free(load->seen[list][1].bits);
    }
    free(load);
}
