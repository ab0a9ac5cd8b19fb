/* Reading the journal back: is the chain whole, and which intents have no outcome. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/journal.h"
#include "app/journal_line.h"
#include "base/alloc.h"

#include "base/banned.h"

struct reader {
    struct journal_report report;
    size_t open_cap, unknown_cap;
    char hash[HASH_TEXT_SIZE]; /* of the line before */
    bool first;
    bool was_cut; /* the line before is no whole line */
};

static void intent_done(struct journal_open_intent *intent)
{
    free(intent->act);
    free(intent->profile);
    free(intent->base_url);
    free(intent->target);
    free(intent->name);
    free(intent->mask);
    free(intent->workspace);
}

void journal_report_done(struct journal_report *report)
{
    if (report == NULL) {
        return;
    }
    for (size_t i = 0; i < report->open_count; i++) {
        intent_done(&report->open[i]);
    }
    for (size_t i = 0; i < report->unknown_count; i++) {
        intent_done(&report->unknown[i]);
    }
    free(report->open);
    free(report->unknown);
    *report = (struct journal_report){0};
}

static const char *text_of(const json_t *line, const char *key)
{
    const char *text = json_string_value(json_object_get(line, key));

    return text == NULL ? "" : text;
}

static void open_intent(struct reader *reader, const json_t *line)
{
    struct journal_open_intent intent = {0};

    snprintf(intent.id, sizeof(intent.id), "%s", text_of(line, "id"));
    intent.act = xstrdup(text_of(line, "act"));
    intent.profile = xstrdup(text_of(line, "profile"));
    intent.base_url = xstrdup(text_of(line, "base_url"));
    intent.target = xstrdup(text_of(line, "target"));
    intent.name = xstrdup(text_of(line, "name"));
    intent.mask = xstrdup(text_of(line, "mask"));
    intent.workspace = xstrdup(text_of(line, "workspace"));
    if (!time_parse(text_of(line, "time"), &intent.time)) {
        intent.time = TIME_NONE;
    }
    intent.pid = (int)json_integer_value(json_object_get(line, "pid"));
    intent.alive = intent.pid > 1 && (kill(intent.pid, 0) == 0 || errno == EPERM);
    reader->report.open = xgrow(reader->report.open, &reader->open_cap,
                                reader->report.open_count + 1, sizeof(intent));
    reader->report.open[reader->report.open_count++] = intent;
}

/* Does a later write that was done settle what became of one before? */
static bool settles(const struct journal_open_intent *done,
                    const struct journal_open_intent *unknown)
{
    if (strcmp(done->profile, unknown->profile) != 0 ||
        strcmp(done->base_url, unknown->base_url) != 0) {
        return false;
    }
    return (unknown->target[0] != '\0' && strcmp(done->target, unknown->target) == 0) ||
           (strcmp(unknown->act, "create-key") == 0 && strcmp(done->name, unknown->name) == 0);
}

static void settle_unknown(struct journal_report *report, const struct journal_open_intent *done)
{
    size_t kept = 0;

    for (size_t i = 0; i < report->unknown_count; i++) {
        if (settles(done, &report->unknown[i])) {
            intent_done(&report->unknown[i]);
        } else {
            report->unknown[kept++] = report->unknown[i];
        }
    }
    report->unknown_count = kept;
}

/* Takes the intent out of a list into *out; false when it is not in it. */
static bool take_intent(struct journal_open_intent *list, size_t *count, const char *id,
                        struct journal_open_intent *out)
{
    for (size_t i = 0; i < *count; i++) {
        if (strcmp(list[i].id, id) == 0) {
            *out = list[i];
            --*count;
            memmove(&list[i], &list[i + 1], (*count - i) * sizeof(*list));
            return true;
        }
    }
    return false;
}

static void close_intent(struct reader *reader, const char *id, const char *result)
{
    struct journal_report *report = &reader->report;
    struct journal_open_intent intent;

    /* One whose end was not known may get another outcome later. */
    if (!take_intent(report->open, &report->open_count, id, &intent) &&
        !take_intent(report->unknown, &report->unknown_count, id, &intent)) {
        return;
    }
    if (strcmp(result, "unknown") == 0) {
        report->unknown = xgrow(report->unknown, &reader->unknown_cap, report->unknown_count + 1,
                                sizeof(report->unknown[0]));
        report->unknown[report->unknown_count++] = intent;
        return;
    }
    if (strcmp(result, "done") == 0) {
        settle_unknown(report, &intent);
    }
    intent_done(&intent);
}

static void broken(struct reader *reader)
{
    if (reader->report.broken++ == 0) {
        reader->report.first_broken = reader->report.lines;
    }
}

static void read_whole(struct reader *reader, const char *text, size_t len)
{
    json_t *line = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);
    const char *kind = text_of(line, "kind");
    bool chained = line != NULL;

    if (chained && !reader->first) {
        chained = strcmp(text_of(line, "prev"), reader->hash) == 0;
    } else if (chained) {
        chained = text_of(line, "prev")[0] == '\0';
    }
    if (reader->was_cut) {
        if (chained && strcmp(kind, "note") == 0 && strcmp(text_of(line, "note"), "cut") == 0) {
            reader->report.cut++;
        } else {
            chained = false;
        }
    }
    if (!chained) {
        broken(reader);
    }
    if (strcmp(kind, "intent") == 0) {
        open_intent(reader, line);
    } else if (strcmp(kind, "outcome") == 0) {
        close_intent(reader, text_of(line, "intent"), text_of(line, "result"));
    }
    json_decref(line);
}

static void read_line(struct reader *reader, const char *text, size_t len, bool ended)
{
    char hash[HASH_TEXT_SIZE];
    bool whole = journal_line_whole(text, len, hash);

    reader->report.lines++;
    if (whole) {
        read_whole(reader, text, len);
    } else if (reader->was_cut) {
        broken(reader); /* two damaged lines in a row: no crash does that */
    }
    if (!whole) {
        journal_line_cut_hash(text, len, hash);
        if (!ended) {
            reader->report.cut_tail = true;
        }
    }
    memcpy(reader->hash, hash, sizeof(hash));
    reader->was_cut = !whole;
    reader->first = false;
}

bool journal_read(const struct journal *journal, struct journal_report *report, struct err *err)
{
    struct reader reader = {.first = true};
    const char *path = journal_path(journal);
    char *line = NULL;
    size_t cap = 0;
    ssize_t got;
    FILE *file;
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

    if (fd < 0 && errno == ENOENT) {
        *report = (struct journal_report){0};
        return true;
    }
    file = fd < 0 ? NULL : fdopen(fd, "r");
    if (file == NULL) {
        int number = errno;

        if (fd >= 0) {
            close(fd);
        }
        return err_set(err, ERR_FILE, "The journal %s could not be read: %s.", path,
                       strerror(number));
    }
    while ((got = getline(&line, &cap, file)) > 0) {
        bool ended = line[got - 1] == '\n';

        read_line(&reader, line, (size_t)(ended ? got - 1 : got), ended);
    }
    if (reader.was_cut && !reader.report.cut_tail) {
        broken(&reader); /* a damaged line with its newline is no crash of ours */
        reader.report.first_broken =
            reader.report.first_broken == 0 ? reader.report.lines : reader.report.first_broken;
    }
    free(line);
    fclose(file);
    *report = reader.report;
    return true;
}
