/* Reading the journal back: is the chain whole, and which intents have no outcome. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "app/journal_internal.h"
#include "app/journal_line.h"
#include "base/alloc.h"

#include "base/banned.h"

struct reader {
    const struct journal_head *head;
    struct journal_report report;
    size_t open_cap, named_cap;
    char hash[HASH_TEXT_SIZE]; /* of the line before */
    bool first;
    bool was_cut;                      /* the line before is no whole line */
    bool is_note;                      /* this line */
    bool head_met;                     /* the head's last line stands where it says */
    bool first_version;                /* no line needs a head */
    enum journal_damage noted;         /* by a write that met it, and no look since */
    char before_notes[HASH_TEXT_SIZE]; /* the sum behind the last line that is no note */
};

static const char *const DAMAGE[] = {
    [JOURNAL_WHOLE] = "whole", [JOURNAL_BROKEN] = "broken",     [JOURNAL_SHORTENED] = "shortened",
    [JOURNAL_LOST] = "lost",   [JOURNAL_HEADLESS] = "headless",
};

const char *journal_damage_name(enum journal_damage damage)
{
    return DAMAGE[damage];
}

enum journal_damage journal_damage_of(const char *name)
{
    for (size_t i = JOURNAL_SHORTENED; i < sizeof(DAMAGE) / sizeof(DAMAGE[0]); i++) {
        if (strcmp(name, DAMAGE[i]) == 0) {
            return (enum journal_damage)i;
        }
    }
    return JOURNAL_BROKEN;
}

static const char *const FOUND[] = {
    [FOUND_NOTHING] = NULL,
    [FOUND_THERE] = "there",
    [FOUND_OUT_OF_REACH] = "out-of-reach",
    [FOUND_ANOTHER] = "another",
};

const char *journal_found_name(enum journal_found found)
{
    return FOUND[found];
}

static void free_texts(char **texts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(texts[i]);
    }
    free(texts);
}

static void open_done(struct journal_open *open)
{
    char *const texts[] = {open->act,      open->profile,   open->base_url, open->organisation_id,
                           open->own_mask, open->kind,      open->target,   open->name,
                           open->mask,     open->workspace, open->owner,    open->host,
                           open->made,     open->made_mask, open->body,     open->before};

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        free(texts[i]);
    }
    free_texts(open->seen, open->seen_count);
    free_texts(open->candidates, open->candidate_count);
}

void journal_report_done(struct journal_report *report)
{
    if (report == NULL) {
        return;
    }
    for (size_t i = 0; i < report->open_count; i++) {
        open_done(&report->open[i]);
    }
    for (size_t i = 0; i < report->named_count; i++) {
        free(report->named[i].id);
    }
    free(report->open);
    free(report->named);
    *report = (struct journal_report){0};
}

const char *journal_state_name(enum journal_state state)
{
    return state == JOURNAL_UNKNOWN ? "unknown" : state == JOURNAL_ACCEPTED ? "accepted" : "sent";
}

void journal_open_trace(const struct journal_open *open, struct trace *out)
{
    *out = (struct trace){
        .act = open->act,
        .organisation = open->organisation_id,
        .base_url = open->base_url,
        .profile = open->profile,
        .kind = open->kind,
        .target = open->target,
        .place = open->workspace,
        .owner = open->owner,
        .name = open->name,
        .at = open->time,
    };
}

static const char *text_of(const json_t *line, const char *key)
{
    const char *text = json_string_value(json_object_get(line, key));

    return text == NULL ? "" : text;
}

static char *copy_of(const json_t *line, const char *key)
{
    return xstrdup(text_of(line, key));
}

static int64_t time_of(const json_t *line, const char *key)
{
    int64_t time;

    return time_parse(text_of(line, key), &time) ? time : TIME_NONE;
}

/* Anything but false: what is not told may be so. */
static bool not_false(const json_t *line, const char *key)
{
    return !json_is_false(json_object_get(line, key));
}

static void take_seen(struct journal_open *open, const json_t *line)
{
    const json_t *seen = json_object_get(line, "seen");
    size_t count = json_array_size(seen);

    open->seen = xcalloc(count + 1, sizeof(*open->seen));
    for (size_t i = 0; i < count; i++) {
        const char *id = json_string_value(json_array_get(seen, i));

        open->seen[open->seen_count++] = xstrdup(id == NULL ? "" : id);
    }
}

static void take_intent(struct reader *reader, const json_t *line)
{
    struct journal_report *report = &reader->report;
    struct journal_open open = {
        .act = copy_of(line, "act"),
        .profile = copy_of(line, "profile"),
        .base_url = copy_of(line, "base_url"),
        .organisation_id = copy_of(line, "organisation_id"),
        .own_mask = copy_of(line, "own_mask"),
        .kind = copy_of(line, "target_kind"),
        .target = copy_of(line, "target"),
        .name = copy_of(line, "name"),
        .mask = copy_of(line, "mask"),
        .workspace = copy_of(line, "workspace"),
        .owner = copy_of(line, "owner"),
        .host = copy_of(line, "host"),
        .body = copy_of(line, "body"),
        .before = copy_of(line, "before"),
        .made = xstrdup(""),
        .made_mask = xstrdup(""),
        .time = time_of(line, "time"),
        .server_time = time_of(line, "server_time"),
        .newest = time_of(line, "newest"),
        .found_at = TIME_NONE,
        .pid = (int)json_integer_value(json_object_get(line, "pid")),
        .first_version = json_integer_value(json_object_get(line, "v")) < JOURNAL_VERSION,
        .young = not_false(line, "young"),
        .blind = not_false(line, "blind"),
    };

    snprintf(open.id, sizeof(open.id), "%s", text_of(line, "id"));
    take_seen(&open, line);
    report->open = xgrow(report->open, &reader->open_cap, report->open_count + 1, sizeof(open));
    report->open[report->open_count++] = open;
}

static struct journal_open *find_open(struct journal_report *report, const char *id)
{
    for (size_t i = report->open_count; i > 0; i--) {
        if (strcmp(report->open[i - 1].id, id) == 0) {
            return &report->open[i - 1];
        }
    }
    return NULL;
}

/* Takes one out of the list: it is the caller's now. */
static struct journal_open take_out(struct journal_report *report, struct journal_open *open)
{
    struct journal_open out = *open;
    size_t after = report->open_count - (size_t)(open - report->open) - 1;

    memmove(open, open + 1, after * sizeof(*open));
    report->open_count--;
    return out;
}

/* A proven end may be that of others too. */
static void end_others(struct journal_report *report, const struct journal_open *done)
{
    struct trace end, trace;
    size_t kept = 0;

    journal_open_trace(done, &end);
    for (size_t i = 0; i < report->open_count; i++) {
        journal_open_trace(&report->open[i], &trace);
        if (trace_ends(&end, &trace)) {
            open_done(&report->open[i]);
        } else {
            report->open[kept++] = report->open[i];
        }
    }
    report->open_count = kept;
}

static void add_named(struct reader *reader, const char *intent, const char *id)
{
    struct journal_report *report = &reader->report;
    struct journal_named named = {.id = xstrdup(id)};

    snprintf(named.intent, sizeof(named.intent), "%s", intent);
    report->named =
        xgrow(report->named, &reader->named_cap, report->named_count + 1, sizeof(named));
    report->named[report->named_count++] = named;
}

static void add_candidate(struct journal_open *open, const char *id)
{
    for (size_t i = 0; i < open->candidate_count; i++) {
        if (strcmp(open->candidates[i], id) == 0) {
            return;
        }
    }
    if (id[0] != '\0') {
        open->candidates =
            xreallocarray(open->candidates, open->candidate_count + 1, sizeof(char *));
        open->candidates[open->candidate_count++] = xstrdup(id);
    }
}

/* What reads have shown; a word of a later version is none. */
static void take_found(struct journal_open *open, const char *word, const json_t *line)
{
    for (size_t i = 0; i < sizeof(FOUND) / sizeof(FOUND[0]); i++) {
        if (FOUND[i] != NULL && strcmp(FOUND[i], word) == 0) {
            open->found = (enum journal_found)i;
            open->found_at = time_of(line, "time");
        }
    }
}

static void take_outcome(struct reader *reader, const json_t *line)
{
    struct journal_open *open = find_open(&reader->report, text_of(line, "intent"));
    const char *result = text_of(line, "result");
    struct journal_open ended;

    if (open == NULL) {
        return;
    }
    /* One whose end was not known may get another outcome later. */
    if (strcmp(result, "unknown") == 0 || strcmp(result, "accepted") == 0) {
        open->state = result[0] == 'a' ? JOURNAL_ACCEPTED : JOURNAL_UNKNOWN;
        if (open->state == JOURNAL_ACCEPTED) {
            open->found = FOUND_NOTHING; /* it answers no more, whatever was seen before */
        }
        take_found(open, text_of(line, "found"), line);
        if (open->target[0] == '\0') {
            add_candidate(open, text_of(line, "target"));
        }
        return;
    }
    ended = take_out(&reader->report, open);
    if (strcmp(result, "done") == 0) {
        if (ended.target[0] == '\0' && text_of(line, "target")[0] != '\0') {
            add_named(reader, ended.id, text_of(line, "target"));
        }
        if (strcmp(text_of(line, "by"), "person") != 0) { /* a word is no proof */
            end_others(&reader->report, &ended);
        }
    }
    open_done(&ended);
}

static void take_made(struct reader *reader, struct journal_open *open, const json_t *line)
{
    free(open->made);
    free(open->made_mask);
    open->made = copy_of(line, "target");
    open->made_mask = copy_of(line, "mask");
    add_named(reader, open->id, open->made);
}

/* What happened on the way from an intent to its outcome. */
static void take_event(struct reader *reader, const char *event, const json_t *line)
{
    struct journal_open *open = find_open(&reader->report, text_of(line, "intent"));

    if (open == NULL) {
        return;
    }
    if (strcmp(event, "made") == 0) {
        take_made(reader, open, line);
    } else if (strcmp(event, "handing") == 0) {
        open->handing = true;
    } else if (strcmp(event, "taken") == 0) {
        open->taken = true;
    } else if (strcmp(event, "accepted") == 0) {
        open->accepted = true;
    } else if (strcmp(event, "void") == 0) {
        open->accepted = false;
    } else if (strcmp(event, "candidate") == 0) {
        add_candidate(open, text_of(line, "target"));
    } else if (strcmp(event, "found") == 0) {
        take_found(open, text_of(line, "result"), line);
    }
}

static void broken(struct reader *reader)
{
    if (reader->report.broken++ == 0) {
        reader->report.first_broken = reader->report.lines;
    }
}

/* A note that a write made of what it met. */
static void take_note(struct reader *reader, const json_t *line)
{
    const char *note = text_of(line, "note");

    if (strcmp(note, "cut") == 0) {
        reader->report.cut++;
    } else if (strcmp(note, "damaged") == 0 && reader->noted == JOURNAL_WHOLE) {
        reader->noted = journal_damage_of(text_of(line, "damage"));
    }
}

/* A person has looked at all that stands before, as it was then. */
static void take_look(struct reader *reader, const json_t *line)
{
    struct journal_report *report = &reader->report;

    if (strcmp(text_of(line, "sum"), reader->before_notes) != 0) {
        broken(reader);
        return;
    }
    report->broken = report->first_broken = 0;
    reader->noted = JOURNAL_WHOLE;
    report->looks++;
}

/* Does this whole line go on from the one before? One that a crash cut short, in the first version,
 * is followed by a note of it. */
static bool goes_on(const struct reader *reader, const json_t *line)
{
    bool chained = line != NULL && strcmp(text_of(line, "prev"), reader->hash) == 0;

    return chained && (!reader->was_cut || strcmp(text_of(line, "kind"), "note") == 0);
}

static void read_whole(struct reader *reader, const char *text, size_t len)
{
    json_t *line = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);
    const char *kind = text_of(line, "kind");

    if (!goes_on(reader, line)) {
        broken(reader);
    }
    if (json_integer_value(json_object_get(line, "v")) >= JOURNAL_VERSION) {
        reader->first_version = false;
    }
    reader->is_note = strcmp(kind, "note") == 0;
    if (reader->is_note) {
        take_note(reader, line);
    } else if (strcmp(kind, "look") == 0) {
        take_look(reader, line);
    } else if (strcmp(kind, "intent") == 0) {
        take_intent(reader, line);
    } else if (strcmp(kind, "outcome") == 0) {
        take_outcome(reader, line);
    } else {
        take_event(reader, kind, line);
    }
    json_decref(line);
}

static void read_line(void *ctx, const char *text, size_t len, bool ended, int64_t end)
{
    struct reader *reader = ctx;
    char hash[HASH_TEXT_SIZE];
    bool whole = journal_line_whole(text, len, hash);

    reader->report.lines++;
    reader->is_note = false;
    if (whole) {
        read_whole(reader, text, len);
    } else if (!ended) {
        reader->report.cut_tail = true;
        return; /* it is cut off by the next write, and was never counted on */
    } else if (reader->was_cut) {
        broken(reader); /* two damaged lines in a row: no crash does that */
    }
    if (!whole) {
        journal_line_cut_hash(text, len, hash);
    }
    memcpy(reader->hash, hash, sizeof(hash));
    hash_text(reader->report.sum, strlen(reader->report.sum), hash, sizeof(hash) - 1,
              reader->report.sum);
    if (!reader->is_note) {
        memcpy(reader->before_notes, reader->report.sum, sizeof(reader->before_notes));
    }
    reader->was_cut = !whole;
    if (end == reader->head->length) {
        reader->head_met = strcmp(hash, reader->head->hash) == 0;
    }
}

static enum journal_damage damage_of(const struct reader *reader, int64_t size)
{
    const struct journal_head *head = reader->head;

    if (reader->noted != JOURNAL_WHOLE) {
        return reader->noted;
    }
    if (head->there && size < head->length) {
        return size == 0 ? JOURNAL_LOST : JOURNAL_SHORTENED;
    }
    if (reader->report.broken > 0 || (head->there && head->length > 0 && !reader->head_met)) {
        return JOURNAL_BROKEN;
    }
    return head->there || reader->first_version ? JOURNAL_WHOLE : JOURNAL_HEADLESS;
}

bool journal_read_file(const struct journal *journal, const struct journal_file *file,
                       struct journal_report *report, struct err *err)
{
    struct reader reader = {.head = &file->head, .first_version = true};
    struct stat st = {0};

    if (file->fd >= 0 && (fstat(file->fd, &st) != 0 ||
                          !journal_file_scan(journal, file, 0, read_line, &reader, err))) {
        journal_report_done(&reader.report);
        return false;
    }
    if (reader.was_cut) {
        broken(&reader); /* a damaged line with its newline is no crash of ours */
    }
    reader.report.damage = damage_of(&reader, st.st_size);
    for (size_t i = 0; i < reader.report.open_count; i++) {
        reader.report.open[i].held = journal_is_held(journal->holds, reader.report.open[i].id);
    }
    *report = reader.report;
    return true;
}

bool journal_read(const struct journal *journal, struct journal_report *report, struct err *err)
{
    struct journal_file file;
    bool ok;

    if (!journal_file_open(journal, false, &file, err)) {
        return false;
    }
    ok = journal_read_file(journal, &file, report, err);
    journal_file_close(&file);
    return ok;
}

void journal_damage_words(const struct journal *journal, const struct journal_report *report,
                          struct buf *out)
{
    switch (report->damage) {
    case JOURNAL_WHOLE:
        return;
    case JOURNAL_BROKEN:
        buf_addf(out, "The journal %s was damaged or changed", journal->path);
        if (report->first_broken > 0) {
            buf_addf(out, ": its chain breaks at line %zu", report->first_broken);
        }
        break;
    case JOURNAL_SHORTENED:
        buf_addf(out, "The journal %s was shortened: lines at its end are missing", journal->path);
        break;
    case JOURNAL_LOST:
        buf_addf(out, "The journal %s was lost or emptied: what was written in it is missing",
                 journal->path);
        break;
    case JOURNAL_HEADLESS:
        buf_addf(out,
                 "The file %s beside the journal is missing or says nothing: nobody knows "
                 "whether lines are missing",
                 journal->head_path);
        break;
    }
    buf_adds(out,
             ". A write that was sent may stand in it no more. Look at it; `portcullis journal "
             "verify --accept REASON` says that you did. Until then nothing is advised to be "
             "revoked.");
}

/* -- the list -- */

struct lister {
    journal_entry_fn *fn;
    void *ctx;
    size_t lines;
};

static void list_line(void *ctx, const char *text, size_t len, bool ended, int64_t end)
{
    struct lister *lister = ctx;
    char hash[HASH_TEXT_SIZE];
    bool whole = journal_line_whole(text, len, hash);
    json_t *line = whole ? json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL) : NULL;
    bool is_intent = strcmp(text_of(line, "kind"), "intent") == 0;
    struct journal_entry entry = {
        .number = ++lister->lines,
        .whole = line != NULL,
        .time = text_of(line, "time"),
        .kind = text_of(line, "kind"),
        .intent = text_of(line, is_intent ? "id" : "intent"),
        .act = text_of(line, "act"),
        .target = text_of(line, "target"),
        .mask = text_of(line, "mask"),
        .name = text_of(line, "name"),
        .profile = text_of(line, "profile"),
        .user = text_of(line, "user"),
        .result = text_of(line, "result"),
        .reason = text_of(line, "reason"),
        .detail = text_of(line, json_object_get(line, "detail") == NULL ? "text" : "detail"),
        .actor = text_of(line, "actor"),
        .agent = text_of(line, "agent"),
        .parent = text_of(line, "parent"),
    };

    (void)ended;
    (void)end;
    lister->fn(lister->ctx, &entry);
    json_decref(line);
}

bool journal_each(const struct journal *journal, journal_entry_fn *fn, void *ctx, struct err *err)
{
    struct lister lister = {.fn = fn, .ctx = ctx};
    struct journal_file file;
    bool ok;

    if (!journal_file_open(journal, false, &file, err)) {
        return false;
    }
    ok = file.fd < 0 || journal_file_scan(journal, &file, 0, list_line, &lister, err);
    journal_file_close(&file);
    return ok;
}
