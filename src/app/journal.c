#include "app/journal.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/journal_internal.h"
#include "app/journal_line.h"
#include "app/paths.h"
#include "base/alloc.h"
#include "base/file.h"
#include "base/text.h"

#include "base/banned.h"

struct journal *journal_new(const char *path, const struct clock *clock)
{
    struct journal *journal = xcalloc(1, sizeof(*journal));

    const char *slash = strrchr(path, '/');

    journal->path = xstrdup(path);
    journal->folder = slash == NULL ? xstrdup(".") : xstrndup(path, (size_t)(slash - path) + 1);
    journal->head_path = file_join(journal->folder, "journal.head");
    journal->clock = clock;
    journal->holds = journal_holds_new(journal->folder);
    return journal;
}

void journal_free(struct journal *journal)
{
    if (journal == NULL) {
        return;
    }
    journal_holds_free(journal->holds);
    free(journal->mine);
    free(journal->head_path);
    free(journal->folder);
    free(journal->path);
    free(journal);
}

void journal_set_actor(struct journal *journal, const struct actor *actor)
{
    journal->actor = actor;
}

const char *journal_path(const struct journal *journal)
{
    return journal->path;
}

void journal_set_text(json_t *object, const char *key, const char *text)
{
    if (text == NULL || text[0] == '\0') {
        return;
    }
    if (text_is_utf8(text, strlen(text))) {
        json_object_set_new(object, key, json_string(text));
    } else {
        char *clean = text_cleaned(text);

        json_object_set_new(object, key, json_string(clean));
        free(clean);
    }
}

json_t *journal_new_line(const struct journal *journal, const char *kind, const char *id)
{
    char time[TIME_TEXT_SIZE];
    json_t *object = json_object();

    time_format(clock_now(journal->clock), time);
    json_object_set_new(object, "v", json_integer(JOURNAL_VERSION));
    json_object_set_new(object, "time", json_string(time));
    json_object_set_new(object, "kind", json_string(kind));
    journal_set_text(object, "id", id);
    json_object_set_new(object, "pid", json_integer(getpid()));
    if (journal->actor != NULL) {
        journal_set_text(object, "actor", actor_name(journal->actor->kind));
        journal_set_text(object, "agent", journal->actor->agent);
        journal_set_text(object, "parent", journal->actor->parent);
    }
    return object;
}

/* Takes the line. */
static bool append(struct journal *journal, json_t *line, struct err *err)
{
    struct journal_file file;
    bool ok;

    if (!journal_file_open(journal, true, &file, err)) {
        json_decref(line);
        return false;
    }
    ok = journal_file_append(journal, &file, line, err);
    journal_file_close(&file);
    return ok;
}

static void set_user(json_t *object)
{
    const struct passwd *user = paths_user();
    char host[256];

    journal_set_text(object, "user", user == NULL ? NULL : user->pw_name);
    if (gethostname(host, sizeof(host)) == 0) {
        host[sizeof(host) - 1] = '\0';
        journal_set_text(object, "host", host);
    }
}

static void set_time(json_t *object, const char *key, int64_t time)
{
    char text[TIME_TEXT_SIZE];

    if (time != TIME_NONE && time != 0) {
        time_format(time, text);
        json_object_set_new(object, key, json_string(text));
    }
}

/* What a later look needs to tell what this write did. */
static void set_before(json_t *line, const struct journal_intent *intent)
{
    set_time(line, "server_time", intent->server_time);
    json_object_set_new(line, "young", json_boolean(intent->young));
    json_object_set_new(line, "blind", json_boolean(intent->blind));
    set_time(line, "newest", intent->newest);
    if (intent->seen_count > 0) {
        json_t *seen = json_array();

        for (size_t i = 0; i < intent->seen_count; i++) {
            json_array_append_new(seen, json_string(intent->seen[i]));
        }
        json_object_set_new(line, "seen", seen);
    }
}

bool journal_write_intent(struct journal *journal, const struct journal_intent *intent,
                          char id[JOURNAL_ID_SIZE], struct err *err)
{
    char made[JOURNAL_ID_SIZE];
    json_t *line;

    hash_random_text(made, sizeof(made));
    line = journal_new_line(journal, "intent", made);
    set_user(line);
    journal_set_text(line, "profile", intent->profile);
    journal_set_text(line, "base_url", intent->base_url);
    journal_set_text(line, "organisation_id", intent->organisation_id);
    journal_set_text(line, "own_mask", intent->own_mask);
    journal_set_text(line, "act", intent->act);
    journal_set_text(line, "target", intent->target);
    journal_set_text(line, "target_kind", intent->kind);
    journal_set_text(line, "name", intent->name);
    journal_set_text(line, "mask", intent->mask);
    journal_set_text(line, "workspace", intent->workspace);
    journal_set_text(line, "owner", intent->owner);
    journal_set_text(line, "method", intent->method);
    journal_set_text(line, "path", intent->path);
    journal_set_text(line, "body", intent->body);
    journal_set_text(line, "before", intent->before);
    journal_set_text(line, "reason", intent->reason);
    set_before(line, intent);
    if (!journal_hold(journal->holds, made, err)) {
        json_decref(line);
        err_prefix(err, "Nothing was sent");
        return false;
    }
    if (!append(journal, line, err)) {
        journal_release(journal->holds, made);
        err_prefix(err, "Nothing was sent");
        return false;
    }
    journal->mine = xgrow(journal->mine, &journal->mine_cap, journal->mine_count + 1, sizeof(made));
    memcpy(journal->mine[journal->mine_count++], made, sizeof(made));
    memcpy(id, made, sizeof(made));
    return true;
}

bool journal_is_mine(const struct journal *journal, const char *intent_id)
{
    for (size_t i = 0; i < journal->mine_count; i++) {
        if (strcmp(journal->mine[i], intent_id) == 0) {
            return true;
        }
    }
    return false;
}

void journal_let_go(struct journal *journal, const char *intent_id)
{
    journal_release(journal->holds, intent_id);
}

bool journal_write_event(struct journal *journal, const char *intent_id, const char *event,
                         const char *id, const char *mask, struct err *err)
{
    json_t *line = journal_new_line(journal, event, NULL);

    journal_set_text(line, "intent", intent_id);
    journal_set_text(line, "target", id);
    journal_set_text(line, "mask", mask);
    return append(journal, line, err);
}

bool journal_write_found(struct journal *journal, const char *intent_id, enum journal_found found,
                         const char *reading, struct err *err)
{
    json_t *line = journal_new_line(journal, "found", NULL);

    journal_set_text(line, "intent", intent_id);
    journal_set_text(line, "result", journal_found_name(found));
    journal_set_text(line, "reading", reading);
    return append(journal, line, err);
}

bool journal_write_outcome(struct journal *journal, const char *intent_id,
                           const struct journal_outcome *outcome, struct err *err)
{
    char made[JOURNAL_ID_SIZE];
    json_t *line;
    bool ok;

    hash_random_text(made, sizeof(made));
    line = journal_new_line(journal, "outcome", made);
    journal_set_text(line, "intent", intent_id);
    journal_set_text(line, "result", outcome->result);
    journal_set_text(line, "target", outcome->target);
    if (outcome->status != 0) {
        json_object_set_new(line, "status", json_integer(outcome->status));
    }
    journal_set_text(line, "detail", outcome->detail);
    journal_set_text(line, "found", journal_found_name(outcome->found));
    journal_set_text(line, "reading", outcome->reading);
    journal_set_text(line, "control", outcome->control);
    journal_set_text(line, "by", outcome->by);
    journal_set_text(line, "reason", outcome->reason);
    ok = append(journal, line, err);
    journal_release(journal->holds, intent_id);
    return ok;
}

bool journal_accept(struct journal *journal, const char *reason, struct err *err)
{
    struct journal_report report = {0};
    struct journal_file file;
    json_t *line;
    bool ok;

    if (!journal_file_open(journal, true, &file, err)) {
        return false;
    }
    ok = journal_read_file(journal, &file, &report, err);
    if (ok && report.damage == JOURNAL_WHOLE) {
        ok = err_set(err, ERR_REFUSED, "The journal is whole: there is nothing to accept.");
    }
    if (ok) {
        line = journal_new_line(journal, "look", NULL);
        set_user(line);
        journal_set_text(line, "damage", journal_damage_name(report.damage));
        journal_set_text(line, "reason", reason);
        json_object_set_new(line, "lines", json_integer((json_int_t)report.lines));
        journal_set_text(line, "sum", report.sum);
        ok = journal_file_append(journal, &file, line, err);
    }
    journal_report_done(&report);
    journal_file_close(&file);
    return ok;
}
