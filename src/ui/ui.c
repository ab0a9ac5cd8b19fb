#include "ui/ui.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/secret.h"
#include "model/field.h"
#include "ui/ui_internal.h"
#include "ui/views/views.h"

#include "base/banned.h"

/* -- what panes ask -- */

const struct host *ui_host(const struct ui *ui)
{
    return ui->host;
}

int ui_width(const struct ui *ui)
{
    return ui->width;
}

void ui_session(const struct ui *ui, struct host_session *out)
{
    ui->host->ops->session(ui->host->ctx, out);
}

struct inventory *ui_inventory(const struct ui *ui)
{
    return ui->host->ops->inventory(ui->host->ctx);
}

int64_t ui_now(const struct ui *ui)
{
    return ui->host->ops->now(ui->host->ctx);
}

struct field_context ui_context(const struct ui *ui)
{
    return (struct field_context){.inv = ui_inventory(ui), .now = ui_now(ui)};
}

#define LOOK_MS 10000

struct ui_look ui_look(const struct ui *ui)
{
    const struct inventory *inv = ui_inventory(ui);
    struct ui_look look = {.when = ui_now(ui) / LOOK_MS};

    if (inv != NULL) {
        look.serial = inventory_serial(inv);
        look.generation = inv->generation;
        for (int list = 0; list < LIST_COUNT; list++) {
            look.progress[list] = inv->lists[list].progress;
        }
    }
    return look;
}

bool ui_look_same(const struct ui_look *a, const struct ui_look *b)
{
    for (int list = 0; list < LIST_COUNT; list++) {
        if (a->progress[list] != b->progress[list]) {
            return false;
        }
    }
    return a->serial == b->serial && a->generation == b->generation && a->when == b->when;
}

struct rect ui_body(const struct ui *ui)
{
    struct rect body = ui_whole_body(ui);
    const struct pane *top = ui_top_const(ui);

    if (top->ops->modal && top->ops->full_screen) {
        int lines = ui_dialog_lines(ui);

        body.height -= lines > 1 ? lines - 1 : 0;
        body.height = body.height < 1 ? 1 : body.height;
    }
    return body;
}

bool ui_armed(const struct ui *ui)
{
    return ui->armed;
}

struct rect ui_whole_body(const struct ui *ui)
{
    int below = ui->height < 15 ? 2 : 3;
    int height = ui->height - 2 - below - (ui->state_lines > 1 ? ui->state_lines - 1 : 0);

    return (struct rect){0, 2, ui->width, height < 1 ? 1 : height};
}

void ui_hints(const struct ui *ui, struct buf *out)
{
    const struct pane *top = ui_top_const(ui);

    if (top->ops->hints != NULL) {
        top->ops->hints(top->self, ui, out);
    }
}

const char *ui_action_help(const struct ui *ui, const struct action_info *info)
{
    const struct pane *top = ui_top_const(ui);
    const char *own = top->ops->help == NULL ? NULL : top->ops->help(top->self, info->action);

    if (info->action == ACTION_ARM && ui->armed) {
        return "end the arming at once: read-only again";
    }
    return own == NULL ? info->help : own;
}

enum list_kind ui_list(const struct ui *ui)
{
    static const enum list_kind LISTS[BASE_COUNT] = {
        [BASE_ORGANISATIONS] = LIST_COUNT,
        [BASE_WORKSPACES] = LIST_WORKSPACES,
        [BASE_MEMBERS] = LIST_USERS,
        [BASE_KEYS] = LIST_KEYS,
    };

    return LISTS[ui->base];
}

/* -- work and changes -- */

static bool prepare(struct ui *ui, struct pane *pane)
{
    return pane->ops->prepare != NULL && pane->ops->prepare(pane->self, ui);
}

/* Nothing can be shown, so nothing may act either. */
static bool too_small(const struct ui *ui)
{
    return ui->width < UI_MIN_WIDTH || ui->height < UI_MIN_HEIGHT;
}

/* The end of the arming is said: whoever is about to send something must not find out by a refusal.
 */
static void follow_arming(struct ui *ui)
{
    struct host_session session;

    ui_session(ui, &session);
    if (ui->armed && !session.armed && strcmp(ui->profile, session.profile) == 0) {
        ui_message(ui, true, "The ten minutes are over: read-only again. ! arms once more.");
    }
    ui->armed = session.armed;
}

/* One slice for each pane that is seen. True while more is left. */
static bool prepare_seen(struct ui *ui)
{
    bool more = false;
    size_t first = ui->depth;

    while (first > 0 && !ui->stack[first - 1].ops->full_screen) {
        first--;
    }
    follow_arming(ui);
    ui->state_lines = ui_count_state_lines(ui);
    ui->running++;
    if (first == 0) {
        more = prepare(ui, &ui->bases[ui->base]);
    }
    for (size_t i = first == 0 ? 0 : first - 1; i < ui->depth; i++) {
        more = prepare(ui, &ui->stack[i]) || more;
    }
    ui->running--;
    ui_bury(ui);
    ui->work_left = more;
    return more;
}

/* How long views may work in one turn, and after what time another turn has surely begun. */
#define TURN_SLICE_US 1000
#define TURN_OVER_US 4000

int64_t ui_slice_us(struct ui *ui)
{
    int64_t now = clock_mono_us();

    if (now >= ui->slice_end + TURN_OVER_US) {
        ui->slice_end = now + TURN_SLICE_US;
    }
    return ui->slice_end > now ? ui->slice_end - now : 0;
}

bool ui_work_left(const struct ui *ui)
{
    return ui->work_left;
}

bool ui_work(struct ui *ui, int64_t budget_us)
{
    bool more;

    ui->slice_end = clock_mono_us() + budget_us;
    do {
        more = prepare_seen(ui);
    } while (more && clock_mono_us() < ui->slice_end);
    ui->slice_end = 0;
    return more;
}

/* Another organisation: what was looked at in the one before is not there any more. */
static void follow_profile(struct ui *ui, const struct host_session *session)
{
    if (strcmp(ui->profile, session->profile) == 0) {
        return;
    }
    xreplace(&ui->profile, session->profile);
    ui_narrow_workspace(ui, NULL);
    ui_narrow_user(ui, NULL);
    for (int i = 0; i < BASE_COUNT; i++) {
        if (ui->bases[i].ops->forget != NULL) {
            ui->bases[i].ops->forget(ui->bases[i].self);
        }
    }
    while (ui->depth > 0 && !ui_top(ui)->ops->modal) {
        ui_take_off(ui, ui->depth - 1);
    }
    if (session->phase != SESSION_NONE && ui->base == BASE_ORGANISATIONS && ui->depth == 0) {
        ui_go(ui, BASE_KEYS);
    }
}

static void follow_session(struct ui *ui)
{
    struct host_session session;

    ui_session(ui, &session);
    follow_profile(ui, &session);
    if (session.phase == SESSION_ASK && !ui_on_stack(ui, "ask-key") && !ui_top(ui)->ops->modal) {
        struct pane pane = view_ask_key_new(ui);

        assert(strcmp(pane.ops->name, "ask-key") == 0);
        ui_push(ui, pane);
    }
    if (session.phase == SESSION_NONE && !ui->asked_login &&
        ui->host->ops->profile_count(ui->host->ctx) == 0) {
        ui->asked_login = true;
        ui_push(ui, view_login_new(ui));
    }
}

/* What became of a write that was left is news: it does not wait behind an older sentence. */
static void follow_result(struct ui *ui)
{
    struct host_session session;

    ui_session(ui, &session);
    if (strcmp(ui->result, session.result) != 0) {
        xreplace(&ui->result, session.result);
        xreplace(&ui->message, "");
    }
}

void ui_changed(struct ui *ui)
{
    ui->running++;
    follow_session(ui);
    follow_result(ui);
    for (size_t i = 0; i < ui->depth; i++) {
        if (ui->stack[i].ops->shown != NULL) {
            ui->stack[i].ops->shown(ui->stack[i].self, ui);
        }
    }
    if (ui->bases[ui->base].ops->shown != NULL) {
        ui->bases[ui->base].ops->shown(ui->bases[ui->base].self, ui);
    }
    ui->running--;
    prepare_seen(ui);
}

int64_t ui_next_tick(const struct ui *ui)
{
    struct host_session session;
    struct host_operation op;

    ui_session(ui, &session);
    ui->host->ops->operation(ui->host->ctx, &op);
    /* The arming counts down, and so does what is waited for. */
    if (op.phase == OP_READING || session.armed || session.loading || session.writing[0] != '\0') {
        return 1000;
    }
    if (session.data_age_ms < 0) {
        return -1;
    }
    /* "<1m" is over with the first minute. */
    return session.data_age_ms < MINUTE_MS ? MINUTE_MS - session.data_age_ms + 1 : MINUTE_MS;
}

/* -- events -- */

static void finish(struct ui *ui)
{
    ui_bury(ui);
    if (ui->later != NULL && ui->running == 0) {
        char *line = ui->later;

        ui->later = NULL;
        ui_command(ui, line);
        free(line);
    }
    if (ui->running == 0) {
        prepare_seen(ui);
    }
}

static bool raw_event(struct ui *ui, const struct ui_event *event)
{
    struct pane pane = *ui_top(ui);
    enum pane_result result;

    if (pane.ops->event == NULL) {
        return false;
    }
    result = pane.ops->event(pane.self, ui, event);
    if (result == PANE_CLOSE) {
        ui_close(ui, pane.self);
    }
    return result != PANE_IGNORED;
}

/* Esc stops what is waited for before it goes anywhere. */
static bool stop_wait(struct ui *ui)
{
    struct host_session session;

    ui_session(ui, &session);
    if (!session.loading || ui_top(ui)->ops->modal) {
        return false;
    }
    ui->host->ops->stop(ui->host->ctx);
    /* Without a key there is nothing that could stay: the error says what was stopped. */
    if (session.phase != SESSION_KEY) {
        ui_message(ui, false, "Stopped. What was read stays; r reads again.");
    }
    return true;
}

/* The wheel walks three lines, wherever there are lines. */
static bool wheel(struct ui *ui, const struct ui_event *event)
{
    if (event->key != UI_KEY_MOUSE || (event->number != 4 && event->number != 5)) {
        return false;
    }
    for (int i = 0; i < 3; i++) {
        ui_run(ui, event->number == 4 ? ACTION_UP : ACTION_DOWN);
    }
    return true;
}

/* The result of a write that was left stays until Enter or Esc says that it was read; no other key
 * takes it away. A dialog has these keys for itself. */
static bool see_result(struct ui *ui, const struct ui_event *event)
{
    const struct pane_ops *top = ui_top(ui)->ops;

    if (ui->result[0] == '\0' || ui->message[0] != '\0' || top->modal || top->takes_text ||
        (event->key != UI_KEY_ESC && event->key != UI_KEY_ENTER)) {
        return false;
    }
    xreplace(&ui->result, "");
    ui->host->ops->seen(ui->host->ctx);
    return true;
}

bool ui_interrupt(struct ui *ui)
{
    bool asked = false;

    ui->running++;
    for (size_t i = ui->depth; i > 0 && !asked; i--) {
        const struct pane *pane = &ui->stack[i - 1];

        asked = pane->ops->interrupted != NULL && pane->ops->interrupted(pane->self, ui);
    }
    ui->running--;
    return asked;
}

void ui_event(struct ui *ui, const struct ui_event *event)
{
    enum action action;

    if (too_small(ui) || see_result(ui, event)) {
        return;
    }
    ui_fade_message(ui);
    follow_arming(ui);
    ui->running++;
    if (!raw_event(ui, event) && !wheel(ui, event)) {
        action = action_of_event(event, !ui_top(ui)->ops->takes_text);
        if (event->key == UI_KEY_ESC && stop_wait(ui)) {
            action = ACTION_NONE;
        }
        if (action != ACTION_NONE) {
            ui_run(ui, action);
        }
    }
    ui->running--;
    finish(ui);
}

void ui_command_later(struct ui *ui, const char *line)
{
    xreplace(&ui->later, line);
}

void ui_resize(struct ui *ui, int width, int height)
{
    ui->width = width < 1 ? 1 : width;
    ui->height = height < 1 ? 1 : height;
    prepare_seen(ui);
}

/* -- drawing -- */

static void draw_pane(const struct ui *ui, const struct pane *pane, struct canvas *canvas)
{
    pane->ops->draw(pane->self, ui, canvas, ui_body(ui));
}

void ui_draw(struct ui *ui, struct canvas *canvas)
{
    size_t first = ui->depth;

    ui->slice_end = 0; /* the turn is over */
    canvas_clear(canvas);
    canvas_set_ascii(canvas, ui->options.ascii);
    if (too_small(ui)) {
        char *text = xasprintf("portcullis needs %dx%d; this is %dx%d. Only Ctrl-C acts: it ends.",
                               UI_MIN_WIDTH, UI_MIN_HEIGHT, ui->width, ui->height);

        canvas_wrap(canvas, (struct rect){0, 0, ui->width, ui->height}, text, STYLE_NORMAL);
        free(text);
        return;
    }
    while (first > 0 && !ui->stack[first - 1].ops->full_screen) {
        first--;
    }
    if (first == 0) {
        draw_pane(ui, &ui->bases[ui->base], canvas);
    }
    for (size_t i = first == 0 ? 0 : first - 1; i < ui->depth; i++) {
        draw_pane(ui, &ui->stack[i], canvas);
    }
    ui_draw_frame(ui, canvas);
}

/* -- life -- */

struct ui *ui_new(const struct host *host, const struct ui_options *options)
{
    struct ui *ui = xcalloc(1, sizeof(*ui));
    struct host_session session;

    ui->host = host;
    ui->options = options == NULL ? (struct ui_options){0} : *options;
    ui->width = 80;
    ui->height = 24;
    ui->message = xstrdup("");
    ui->result = xstrdup("");
    ui->quit_asked_at = TIME_NONE;
    ui->workspace = xstrdup("");
    ui->workspace_name = xstrdup("");
    ui->user = xstrdup("");
    ui->user_name = xstrdup("");
    ui->reason = xstrdup("");
    ui->reason_of = xstrdup("");
    ui_session(ui, &session);
    ui->profile = xstrdup(session.profile);
    ui->bases[BASE_ORGANISATIONS] = view_organisations_new(ui);
    ui->bases[BASE_WORKSPACES] = view_list_new(ui, LIST_WORKSPACES);
    ui->bases[BASE_MEMBERS] = view_list_new(ui, LIST_USERS);
    ui->bases[BASE_KEYS] = view_list_new(ui, LIST_KEYS);
    ui->base = session.phase == SESSION_NONE ? BASE_ORGANISATIONS : BASE_KEYS;
    ui->last_base = BASE_WORKSPACES;
    ui->came_from = BASE_COUNT;
    ui_changed(ui);
    return ui;
}

void ui_free(struct ui *ui)
{
    if (ui == NULL) {
        return;
    }
    while (ui->depth > 0) {
        ui_take_off(ui, ui->depth - 1);
        ui_bury(ui);
    }
    for (int i = 0; i < BASE_COUNT; i++) {
        ui_free_pane(&ui->bases[i]);
    }
    if (ui->requests.clipboard != NULL) {
        secret_wipe(ui->requests.clipboard, strlen(ui->requests.clipboard));
        free(ui->requests.clipboard);
    }
    free(ui->message);
    free(ui->result);
    free(ui->workspace);
    free(ui->workspace_name);
    free(ui->user);
    free(ui->user_name);
    free(ui->reason);
    free(ui->reason_of);
    free(ui->profile);
    free(ui->later);
    free(ui);
}
