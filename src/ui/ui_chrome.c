/* The console's frame: title, breadcrumb, state line, footer. Draws what panes and host say,
 * decides nothing. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/text.h"
#include "model/tag.h"
#include "ui/ui_internal.h"

#include "base/banned.h"

#define WIDE 120
/* A sentence has a quarter of the lines, and on low screens one. */
#define STATE_LINES_MAX 8
#define LOW 20
/* Columns of the second line that are the status' own. */
#define STATUS_ROOM 20
/* Between the path and the status, and the edge. */
#define STATUS_GAP 3
/* "1 of 3" */
#define TAB_ROOM 10
#define TYPED_ROOM 38 /* a field, and counts beside it */
#define PATH_LEAST 10

struct rect ui_dialog(struct canvas *canvas, struct rect area, int width, int height,
                      const char *title)
{
    struct rect box;

    box.width = width > area.width ? area.width : width;
    box.height = height > area.height ? area.height : height;
    box.x = area.x + (area.width - box.width) / 2;
    box.y = area.y + (area.height - box.height) / 2;
    canvas_fill(canvas, box, STYLE_NORMAL);
    canvas_box(canvas, box);
    if (box.width > 8) {
        char *head = xasprintf(" %s ", title);

        canvas_fit(canvas, box.x + 2, box.y, box.width - 4, head, STYLE_HEADER, false);
        free(head);
    }
    return (struct rect){box.x + 2, box.y + 1, box.width > 4 ? box.width - 4 : 1,
                         box.height > 2 ? box.height - 2 : 1};
}

/* -- the first line: one bar, where only the tag and the arming have colours of their own -- */

static int draw_mode(struct canvas *canvas, int x, const struct host_session *session, bool wide)
{
    int64_t left = session->armed_left_ms < 0 ? 0 : session->armed_left_ms / 1000;

    if (session->phase == SESSION_NONE) {
        return x;
    }
    if (session->armed) {
        x += canvas_textf(canvas, x, 0, STYLE_ARMED, " ARMED %02d:%02d ", (int)(left / 60),
                          (int)(left % 60));
        return x + (wide ? canvas_text(canvas, x + 1, 0, "writes on", STYLE_TITLE) + 1 : 0);
    }
    x += canvas_text(canvas, x, 0, "READ-ONLY", STYLE_TITLE);
    return x + (wide ? canvas_text(canvas, x + 1, 0, "(! arms)", STYLE_TITLE) + 1 : 0);
}

static int draw_you(struct canvas *canvas, int x, const struct host_session *session)
{
    const char *tail = strrchr(session->own_mask, '*');

    if (session->phase != SESSION_OPEN) {
        return x;
    }
    x += canvas_text(canvas, x, 0, "you: ", STYLE_TITLE);
    if (session->own_name[0] == '\0') {
        return x + canvas_text(canvas, x, 0, "?", STYLE_TITLE);
    }
    x += canvas_fit(canvas, x, 0, 28, session->own_name, STYLE_TITLE, false);
    x += canvas_textf(canvas, x, 0, STYLE_TITLE, " ..%s", tail == NULL ? "" : tail + 1);
    if (session->own_scopes >= 0) {
        return x + canvas_textf(canvas, x, 0, STYLE_TITLE, "  %d scope%s", session->own_scopes,
                                session->own_scopes == 1 ? "" : "s");
    }
    return x + canvas_text(canvas, x, 0, "  ? scopes", STYLE_TITLE);
}

void ui_age_text(int64_t age_ms, char out[TIME_TEXT_SIZE])
{
    if (age_ms < MINUTE_MS) {
        snprintf(out, TIME_TEXT_SIZE, "<1m");
    } else {
        time_span(age_ms, out);
    }
}

static void title_right(const struct ui *ui, const struct host_session *session, bool wide,
                        struct buf *out)
{
    char text[TIME_TEXT_SIZE];

    if (wide && session->api_ms >= 0) {
        buf_addf(out, "API %.1fs  ", (double)session->api_ms / 1000.0);
    }
    if (session->phase == SESSION_OPEN) {
        if (session->data_age_ms < 0) {
            buf_adds(out, "data ?  ");
        } else {
            ui_age_text(session->data_age_ms, text);
            buf_addf(out, "data %s  ", text);
        }
    }
    if (session->clock_off_ms > CLOCK_OFF_TOLD_MS || session->clock_off_ms < -CLOCK_OFF_TOLD_MS) {
        time_span(session->clock_off_ms, text);
        buf_addf(out, "this clock is %s %s  ", text, session->clock_off_ms > 0 ? "slow" : "fast");
    }
    time_strftime(ui_now(ui), "%H:%MZ", text, sizeof(text));
    buf_adds(out, text);
}

static void draw_title(const struct ui *ui, struct canvas *canvas)
{
    struct host_session session;
    struct buf right;
    bool wide = ui->width >= WIDE;
    int right_x;
    int x = 1;

    ui_session(ui, &session);
    canvas_fill(canvas, (struct rect){0, 0, ui->width, 1}, STYLE_TITLE);
    buf_init(&right, 0);
    title_right(ui, &session, wide, &right);
    right_x = ui->width - 1 - text_width(right.data);
    if (session.phase == SESSION_NONE) {
        x += canvas_text(canvas, x, 0, "portcullis", STYLE_TITLE) + 1;
    } else {
        x += canvas_fit(canvas, x, 0, wide ? 40 : 24, session.profile, STYLE_TITLE, false) + 1;
    }
    if (session.tag[0] != '\0') {
        char *tag = xasprintf("[%s]", session.tag);
        bool prod = tag_is_production(session.tag);

        x += canvas_fit(canvas, x, 0, 14, tag, prod ? STYLE_PROD : STYLE_TITLE, false) + 2;
        free(tag);
    } else {
        x += 1;
    }
    x += session.agents ? canvas_text(canvas, x, 0, "agents", STYLE_TITLE) + 2 : 0;
    x = draw_mode(canvas, x, &session, wide) + 2;
    if (session.writing[0] != '\0') {
        x += canvas_text(canvas, x - 1, 0, " WRITING ", STYLE_ARMED) + 1;
    }
    if (wide) {
        x = draw_you(canvas, x, &session);
    }
    if (right_x > x) {
        canvas_text(canvas, right_x, 0, right.data, STYLE_TITLE);
    } else if (ui->width - 7 >= x) {
        canvas_fit(canvas, ui->width - 7, 0, 6, right.data + strlen(right.data) - 6, STYLE_TITLE,
                   false);
    }
    buf_done(&right);
}

/* -- the second line -- */

static void crumb(const struct ui *ui, struct buf *out)
{
    static const char *const NAMES[BASE_COUNT] = {"Organisations", "Workspaces", "People", "Keys"};

    bool members = ui->base == BASE_MEMBERS && ui->workspace[0] != '\0';

    if (ui->base != BASE_ORGANISATIONS) {
        buf_adds(out, "Org");
        if (ui->base != BASE_WORKSPACES && !members) {
            buf_addf(out, " > %s",
                     ui->workspace[0] == '\0' ? "All workspaces" : ui->workspace_name);
        }
        if (ui->user[0] != '\0' && ui->base == BASE_KEYS) {
            buf_addf(out, " > %s", ui->user_name);
        }
        buf_adds(out, " > ");
    }
    /* The people of the organisation, or those of one workspace: another list. */
    buf_adds(out, members ? "Members of " : NAMES[ui->base]);
    buf_adds(out, members ? ui->workspace_name : "");
    for (size_t i = 0; i < ui->depth; i++) {
        const struct pane *pane = &ui->stack[i];

        if (pane->ops->title != NULL && (pane->ops->full_screen || i + 1 == ui->depth)) {
            buf_adds(out, " > ");
            pane->ops->title(pane->self, ui, out);
        }
    }
}

/* What fits of a path: its first parts give way, for the last one says where one is. */
static int draw_path(struct canvas *canvas, int x, int y, int width, int wanted, const char *path)
{
    const char *rest;
    int used = 0;

    if (text_width(path) > wanted) {
        used = canvas_text(canvas, x, y, ".. > ", STYLE_DIM);
    }
    while (text_width(path) > wanted - used && (rest = strstr(path, " > ")) != NULL) {
        path = rest + strlen(" > ");
    }
    return used + canvas_fit(canvas, x + used, y, width - used, path, STYLE_BOLD, false);
}

/* Columns that the path leaves to the status. */
static int status_room(const struct ui *ui, int width)
{
    const struct pane *top = ui_top_const(ui);
    bool tabs = top->ops->status_room != NULL;
    int least =
        top->ops->status_least == NULL ? 0 : top->ops->status_least(top->self, ui) + STATUS_GAP;

    if (top->ops->status_typed != NULL && top->ops->status_typed(top->self, ui)) {
        return TYPED_ROOM;
    }
    if (top->ops->status == NULL || width <= STATUS_ROOM * 3) {
        return tabs ? TAB_ROOM : least;
    }
    return tabs                  ? top->ops->status_room(top->self) + STATUS_GAP
           : least > STATUS_ROOM ? least
                                 : STATUS_ROOM;
}

static void draw_crumb(const struct ui *ui, struct canvas *canvas)
{
    const struct pane *top = ui_top_const(ui);
    int width = ui->width - 2, used = -2;
    int wanted = width - status_room(ui, width);
    struct buf text;

    buf_init(&text, 0);
    crumb(ui, &text);
    if (wanted >= PATH_LEAST) {
        used = draw_path(canvas, 1, 1, top->ops->status_least == NULL ? width : wanted, wanted,
                         text.data);
    }
    buf_done(&text);
    if (top->ops->status != NULL && used + 4 < ui->width - 1) {
        top->ops->status(top->self, ui, canvas,
                         (struct rect){used + 3, 1, ui->width - used - 4, 1});
    }
}

/* -- the state line -- */

/* Lines that the text takes, as many as it may have. */
static int count_lines(const struct ui *ui, const char *text)
{
    int most = ui->height < LOW                   ? 1
               : ui->height / 4 < STATE_LINES_MAX ? ui->height / 4
                                                  : STATE_LINES_MAX;
    int lines = 0;

    for (const char *at = text; *at != '\0' && lines < most; lines++) {
        size_t len;

        at += canvas_wrap_next(at, ui->width - 2, &len);
    }
    return lines;
}

/* A sentence that does not fit takes lines above it: its end says what to do. */
static void draw_sentence(const struct ui *ui, struct canvas *canvas, int y, const char *text,
                          enum style style)
{
    int width = ui->width - 2;
    int lines = count_lines(ui, text);

    if (lines < 2) {
        canvas_fit(canvas, 1, y, width, text, style, false);
        return;
    }
    canvas_fill(canvas, (struct rect){0, y - lines + 1, ui->width, lines}, STYLE_NORMAL);
    for (int i = lines; i > 0; i--) {
        size_t len;
        size_t used = canvas_wrap_next(text, width, &len);
        char *line = i == 1 ? xstrdup(text) : xstrndup(text, len);

        canvas_fit(canvas, 1, y - i + 1, width, line, style, false);
        free(line);
        text += used;
    }
}

/* What has to be said as long as things are as they are. */
static enum style state_words(const struct ui *ui, struct buf *out)
{
    const struct pane *top = ui_top_const(ui);
    struct host_session session;

    ui_session(ui, &session);
    if (session.result[0] != '\0') {
        buf_addf(out, "%s%s", session.result, top->ops->modal ? "" : "   Enter: seen");
        return session.result_bad ? STYLE_BAD : STYLE_GOOD;
    }
    if (session.writing_left && !top->ops->modal) {
        buf_addf(out, "%s. It goes on, and its end is said here.", session.writing);
        return STYLE_WARN;
    }
    if (session.work != NULL && session.work[0] != '\0') {
        buf_adds(out, session.work);
        buf_adds(out, session.loading ? "   Esc stops" : "");
        return STYLE_NORMAL;
    }
    if (session.error != NULL && session.error->kind != ERR_NONE) {
        buf_adds(out, session.error->text);
        buf_adds(out, "   r tries again");
        return STYLE_BAD;
    }
    return top->ops->state != NULL && top->ops->state(top->self, ui, out) ? STYLE_WARN
                                                                          : STYLE_NORMAL;
}

int ui_count_state_lines(const struct ui *ui)
{
    struct buf text;
    int lines;

    if (ui_top_const(ui)->ops->modal) {
        return 1; /* what a form says comes and goes with every key */
    }
    buf_init(&text, 0);
    state_words(ui, &text);
    lines = count_lines(ui, text.data);
    buf_done(&text);
    return lines;
}

int ui_dialog_lines(const struct ui *ui)
{
    struct buf text;
    int lines;

    if (ui->message[0] != '\0') {
        return count_lines(ui, ui->message);
    }
    buf_init(&text, 0);
    state_words(ui, &text);
    lines = count_lines(ui, text.data);
    buf_done(&text);
    return lines;
}

static void draw_state(const struct ui *ui, struct canvas *canvas, int y)
{
    struct buf text;
    enum style style;

    if (ui->message[0] != '\0') {
        draw_sentence(ui, canvas, y, ui->message, ui->message_bad ? STYLE_WARN : STYLE_NORMAL);
        return;
    }
    buf_init(&text, 0);
    style = state_words(ui, &text);
    draw_sentence(ui, canvas, y, text.data, style);
    buf_done(&text);
}

/* -- the footer -- */

/* Between two hints, at most. */
#define HINT_GAP 3

struct hint {
    enum action action;
    const char *key;
};
static const struct hint LETTER_HINTS[];
static const struct hint FUNCTION_HINTS[];

static const char *label_of(const struct ui *ui, const struct action_info *info)
{
    const struct pane *top = ui_top_const(ui);
    const char *own = top->ops->label == NULL ? NULL : top->ops->label(top->self, info->action);

    if (info->action == ACTION_ARM && ui->armed) {
        return "disarm";
    }
    return own == NULL ? info->label : own;
}

static void draw_hints(const struct ui *ui, struct canvas *canvas, int y, const struct hint *hints,
                       bool letters)
{
    int gap = ui->width >= WIDE ? 3 : letters ? 2 : 1;
    int x = 1;

    for (; hints->action != ACTION_NONE; hints++) {
        const struct action_info *info = action_info(hints->action);
        const char *label = label_of(ui, info);
        char why[128];
        bool can = ui_can(ui, hints->action, why, sizeof(why));
        bool space = letters || ui->width >= WIDE;
        int width = text_width(hints->key) + (space ? 1 : 0) + text_width(label);

        /* In a detail q and Esc are the same: one of them is enough. */
        if ((!can && why[0] == '\0') ||
            (letters && hints->action == ACTION_QUIT && ui->depth > 0)) {
            continue;
        }
        /* A shorter one behind it may still fit. */
        if (x + width > ui->width - 1) {
            continue;
        }
        x += canvas_text(canvas, x, y, hints->key, can ? STYLE_KEY : STYLE_DISABLED);
        x += space ? 1 : 0;
        x += canvas_text(canvas, x, y, label, can ? STYLE_NORMAL : STYLE_DISABLED);
        if (!can && ui->width >= WIDE && x + 2 + text_width(why) < ui->width - 30) {
            x += canvas_textf(canvas, x, y, STYLE_DISABLED, " (%s)", why);
        }
        x += gap;
    }
}

/* "Tab move  ^P back  Enter press  Esc cancel": hints stand two blanks apart, keys before their
 * word. */
static size_t hint_len(const char *hints)
{
    const char *end = strstr(hints, "  ");

    return end == NULL ? strlen(hints) : (size_t)(end - hints);
}

static bool names_a_key(const char *word, size_t len)
{
    return len == 1 || word[0] == '^' || (word[0] >= 'A' && word[0] <= 'Z') ||
           (len == 5 && strncmp(word, "space", len) == 0);
}

static int draw_hint(struct canvas *canvas, int x, int y, const char *hint, size_t len)
{
    int start = x;
    bool keys = true;

    for (size_t at = 0; at < len;) {
        size_t word = at;
        char text[80];

        while (word < len && hint[word] != ' ') {
            word++;
        }
        keys = keys && names_a_key(hint + at, word - at);
        snprintf(text, sizeof(text), "%.*s", (int)(word - at), hint + at);
        x += canvas_text(canvas, x, y, text, keys ? STYLE_KEY : STYLE_NORMAL);
        x += word < len ? 1 : 0;
        at = word + 1;
    }
    return x - start;
}

/* Whole hints, as many as fit; the one for Esc, the way out, always. */
static void draw_words(struct canvas *canvas, int y, int width, const char *hints)
{
    int x = 1;
    int kept = 0;
    bool all = text_width(hints) <= width - 2;

    for (const char *at = hints; *at != '\0'; at += hint_len(at), at += strspn(at, " ")) {
        if (strncmp(at, "Esc ", 4) == 0) {
            kept = (int)hint_len(at) + HINT_GAP;
        }
    }
    for (const char *at = hints; *at != '\0';) {
        size_t len = hint_len(at);
        size_t gap = strspn(at + len, " ");
        bool esc = strncmp(at, "Esc ", 4) == 0;
        char text[160];

        snprintf(text, sizeof(text), "%.*s", (int)len, at);
        if (all || x + text_width(text) + (esc ? 0 : kept) < width - (esc ? 0 : 1)) {
            x += draw_hint(canvas, x, y, at, len) + (int)gap;
        }
        kept = esc ? 0 : kept;
        at += len + gap;
    }
}

static void draw_footer(const struct ui *ui, struct canvas *canvas, int y, int lines)
{
    struct buf text;

    buf_init(&text, 0);
    ui_hints(ui, &text);
    if (text.len > 0) {
        draw_words(canvas, y, ui->width, text.data);
    } else {
        draw_hints(ui, canvas, y, LETTER_HINTS, true);
    }
    buf_done(&text);
    if (lines > 1) {
        draw_hints(ui, canvas, y + 1, FUNCTION_HINTS, false);
    }
}

void ui_draw_frame(const struct ui *ui, struct canvas *canvas)
{
    struct rect body = ui_whole_body(ui);
    int below = body.y + body.height + (ui->state_lines > 1 ? ui->state_lines - 1 : 0);

    draw_title(ui, canvas);
    draw_crumb(ui, canvas);
    draw_state(ui, canvas, below);
    draw_footer(ui, canvas, below + 1, ui->height - below - 1);
}

/* The help comes early, so that the narrowest screen has it. */
static const struct hint LETTER_HINTS[] = {
    {ACTION_OPEN, "Enter"}, {ACTION_NEXT_TAB, ", ."}, {ACTION_FILTER, "/"},   {ACTION_HELP, "?"},
    {ACTION_NEW, "n"},      {ACTION_REVOKE, "X"},     {ACTION_ARM, "!"},      {ACTION_SORT, "s"},
    {ACTION_PALETTE, ":"},  {ACTION_BACK, "Esc"},     {ACTION_MARK, "space"}, {ACTION_COPY, "y"},
    {ACTION_COLUMNS, "c"},  {ACTION_WIDE, "w"},       {ACTION_QUIT, "q"},     {ACTION_NONE, ""},
};

static const struct hint FUNCTION_HINTS[] = {
    {ACTION_HELP, "F1"}, {ACTION_PALETTE, "F2"}, {ACTION_VIEW, "F3"},  {ACTION_REFRESH, "F5"},
    {ACTION_NEW, "F7"},  {ACTION_REVOKE, "F8"},  {ACTION_QUIT, "F10"}, {ACTION_NONE, ""},
};
