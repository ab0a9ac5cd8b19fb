/* The copy line: a letter says what of a record goes to the clipboard; any other key drops it. What
 * it is about is kept as it was when the line was opened. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "model/field.h"
#include "ui/table.h"
#include "ui/ui.h"
#include "ui/views/views.h"

#include "base/banned.h"

struct copy {
    enum list_kind list;
    struct table *table; /* whose marked rows are copied too; NULL: of a detail */
    char *id, *name, *mask, *line;
};

/* What shows the record as a command. */
static char *command(const struct copy *copy, const struct ui *ui)
{
    struct host_session session;

    ui_session(ui, &session);
    if (copy->list == LIST_KEYS) {
        return xasprintf("portcullis key %s --profile %s", copy->id, session.profile);
    }
    return xasprintf("portcullis %s --filter 'id:=%s' --profile %s",
                     copy->list == LIST_WORKSPACES ? "workspaces" : "members", copy->id,
                     session.profile);
}

static void take(struct ui *ui, const char *what, const char *text)
{
    ui_copy(ui, text, false);
    ui_message(ui, false, COPIED "%s %.200s", what, text);
}

static void take_json(const struct copy *copy, struct ui *ui)
{
    const struct host *host = ui_host(ui);
    /* Of a membership there is the person. */
    enum list_kind list = copy->list == LIST_MEMBERS ? LIST_USERS : copy->list;
    char *json = host->ops->json(host->ctx, list, copy->id);

    if (json == NULL) {
        ui_message(ui, true, "%s is not there any more: nothing was copied.", copy->name);
        return;
    }
    ui_copy(ui, json, false);
    ui_message(ui, false, COPIED "%s as JSON, %zu bytes.", copy->name, strlen(json));
    free(json);
}

static enum pane_result event(void *self, struct ui *ui, const struct ui_event *event)
{
    const struct copy *copy = self;
    char letter = event->key == UI_KEY_CHAR && event->text[1] == '\0' ? event->text[0] : '\0';
    char *words;

    switch (letter) {
    case 'y':
    case 'i':
        if (copy->table != NULL) {
            table_copy_ids(copy->table, ui);
        } else {
            ui_copy(ui, copy->id, false);
        }
        break;
    case 'n':
        take(ui, "the name", copy->name);
        break;
    case 'm':
        if (copy->mask[0] != '\0') {
            take(ui, "the mask", copy->mask);
        }
        break;
    case 'c':
        words = command(copy, ui);
        take(ui, "the command", words);
        free(words);
        break;
    case 'j':
        take_json(copy, ui);
        break;
    case 'l':
        take(ui, "the row", copy->line);
        break;
    default:
        break;
    }
    return PANE_CLOSE;
}

static void draw(const void *self, const struct ui *ui, struct canvas *canvas, struct rect area)
{
    (void)self;
    (void)ui;
    (void)canvas;
    (void)area;
}

static bool state(const void *self, const struct ui *ui, struct buf *out)
{
    const struct copy *copy = self;
    size_t marked = copy->table == NULL ? 0 : table_marked(copy->table);

    (void)ui;
    buf_addf(out, "Copy what of %s? The clipboard cannot be cleared from here.", copy->name);
    if (marked > 0) {
        buf_addf(out, " y and i take the ids of the %zu marked row%s.", marked,
                 marked == 1 ? "" : "s");
    }
    return false;
}

static void hints(const void *self, const struct ui *ui, struct buf *out)
{
    const struct copy *copy = self;

    (void)ui;
    buf_addf(out, "y i id  n name  %sc command  j JSON  l row  Esc nothing",
             copy->mask[0] == '\0' ? "" : "m mask  ");
}

static void title(const void *self, const struct ui *ui, struct buf *out)
{
    (void)self;
    (void)ui;
    buf_adds(out, "Copy");
}

static void copy_free(void *self)
{
    struct copy *copy = self;

    free(copy->id);
    free(copy->name);
    free(copy->mask);
    free(copy->line);
    free(copy);
}

static const struct pane_ops OPS = {
    .name = "copy",
    .draw = draw,
    .event = event,
    .state = state,
    .hints = hints,
    .title = title,
    .modal = true,
    .free = copy_free,
};

static char *field_words(const struct field_context *ctx, enum list_kind list, const char *key,
                         size_t row)
{
    size_t count;
    const struct field *fields = field_table(list, &count);
    int number = field_find(list, key);
    struct buf text;
    char *out;

    buf_init(&text, 0);
    if (number >= 0) {
        fields[number].text(ctx, row, &text);
    }
    out = xstrdup(text.data);
    buf_done(&text);
    return out;
}

/* The columns that lists have, whole, with two blanks between. */
static char *whole_row(const struct field_context *ctx, enum list_kind list, size_t row)
{
    size_t count;
    const struct field *fields = field_table(list, &count);
    struct buf line, text;
    char *out;

    buf_init(&line, 0);
    buf_init(&text, 0);
    for (size_t i = 0; i < count; i++) {
        if (fields[i].from > FIELD_L || strcmp(fields[i].key, "flag") == 0) {
            continue;
        }
        buf_clear(&text);
        fields[i].text(ctx, row, &text);
        buf_addf(&line, "%s%s", line.len > 0 ? "  " : "", text.len == 0 ? "-" : text.data);
    }
    out = xstrdup(line.data);
    buf_done(&text);
    buf_done(&line);
    return out;
}

struct pane view_copy_new(struct ui *ui, enum list_kind list, size_t row, struct table *table)
{
    struct copy *copy = xcalloc(1, sizeof(*copy));
    struct field_context ctx = ui_context(ui);
    char id[ID_TEXT_SIZE];

    ctx.plain = true; /* whole times, no "(YOU)" */
    copy->list = list;
    copy->table = table;
    copy->id = xstrdup(inventory_id_text(ctx.inv, field_row_id(ctx.inv, list, row), id));
    copy->name = field_words(&ctx, list, "name", row);
    copy->mask = field_words(&ctx, list, "mask", row);
    copy->line = whole_row(&ctx, list, row);
    return (struct pane){&OPS, copy};
}
