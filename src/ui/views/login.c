/* Another organisation: the form that takes an admin key, has it tried with one read, and stores
 * it. The key is typed without echo and leaves the form the moment it is handed over; all else
 * stays until the end. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "ui/form.h"
#include "ui/ui.h"
#include "ui/views/dialog.h"
#include "ui/views/views.h"

#include "base/banned.h"

#define WIDTH 78
#define TEXT_MAX 400
#define LIVE_URL "https://api.portkey.ai/v1"

enum field {
    NAME,
    BASE_URL,
    TAG,
    SOURCE,
    KEY,
    COMMAND,
    KEY_FILE,
    CA_FILE,
    PROXY,
    STATE,
    GO,
    CLOSE
};
enum source { KEYRING, BY_COMMAND, BY_FILE, ASK, SOURCE_COUNT };

static const struct source_words {
    const char *name, *label, *words;
} SOURCES[SOURCE_COUNT];

struct login {
    const struct host *host;
    struct form *form;
    bool started; /* handed to the host, and no end seen yet */
    bool done;
};

static bool blank(const char *text)
{
    return text[strspn(text, " ")] == '\0';
}

static enum source chosen(const struct login *self)
{
    int number = form_choice(self->form, SOURCE);

    return number < 0 ? KEYRING : (enum source)number;
}

static void say(struct login *self, const char *text)
{
    form_set_text(self->form, STATE, text);
}

/* Only the fields that the chosen source needs are there. */
static void follow_source(struct login *self)
{
    enum source source = chosen(self);

    form_set_hidden(self->form, KEY, source != KEYRING && source != ASK);
    form_set_hidden(self->form, COMMAND, source != BY_COMMAND);
    form_set_hidden(self->form, KEY_FILE, source != BY_FILE);
    say(self, SOURCES[source].words);
}

static bool name_taken(const struct login *self)
{
    const char *name = form_text(self->form, NAME);
    struct host_profile row;

    for (size_t i = 0; self->host->ops->profile(self->host->ctx, i, &row); i++) {
        if (strcmp(row.name, name) == 0) {
            return true;
        }
    }
    return false;
}

static void check_name(struct login *self)
{
    form_set_problem(self->form, NAME, false,
                     name_taken(self) ? "there is a profile of this name: it would be replaced."
                                      : "");
}

/* -- handing over -- */

static bool need(struct login *self, int field, bool there, const char *words)
{
    if (!there) {
        form_set_problem(self->form, field, true, words);
        form_set_focus(self->form, field);
    }
    return there;
}

static bool complete(struct login *self)
{
    enum source source = chosen(self);

    form_clear_problems(self->form);
    check_name(self);
    if (!need(self, NAME, !blank(form_text(self->form, NAME)), "a name is needed, such as acme.") ||
        !need(self, BASE_URL, !blank(form_text(self->form, BASE_URL)),
              "the address of the API is needed, such as " LIVE_URL ".")) {
        return false;
    }
    switch (source) {
    case BY_COMMAND:
        return need(self, COMMAND, !blank(form_text(self->form, COMMAND)),
                    "the command that prints the key is needed.");
    case BY_FILE:
        return need(self, KEY_FILE, !blank(form_text(self->form, KEY_FILE)),
                    "the path of the file that holds the key is needed.");
    default:
        return need(self, KEY, secret_len(form_secret(self->form, KEY)) > 0,
                    "the admin key is needed.");
    }
}

static const char *text_or_null(const struct login *self, int field)
{
    const char *text = form_text(self->form, field);

    return text[0] == '\0' ? NULL : text;
}

static void go(struct login *self, struct ui *ui)
{
    enum source source = chosen(self);
    bool typed = source == KEYRING || source == ASK;
    const struct secret *key = form_secret(self->form, KEY);
    struct host_login_state state;
    struct host_login params;

    if (!complete(self)) {
        return;
    }
    params = (struct host_login){
        .name = form_text(self->form, NAME),
        .base_url = form_text(self->form, BASE_URL),
        .tag = form_text(self->form, TAG),
        .source = SOURCES[source].name,
        .key_command = source == BY_COMMAND ? text_or_null(self, COMMAND) : NULL,
        .key_file = source == BY_FILE ? text_or_null(self, KEY_FILE) : NULL,
        .ca_file = text_or_null(self, CA_FILE),
        .proxy = text_or_null(self, PROXY),
    };
    self->started = true;
    self->host->ops->login(self->host->ctx, &params, typed ? secret_text(key) : "",
                           typed ? secret_len(key) : 0);
    form_wipe(self->form, KEY);
    self->host->ops->login_state(self->host->ctx, &state);
    if (state.phase == LOGIN_IDLE) {
        self->started = false; /* it was not begun; the host said why */
    }
    ui_changed(ui);
}

static void stop(struct login *self, struct ui *ui)
{
    self->host->ops->stop(self->host->ctx);
    ui_changed(ui);
}

/* -- what becomes of it -- */

static int field_of(const char *name)
{
    static const struct {
        const char *name;
        int field;
    } FIELDS[] = {
        {"name", NAME},         {"base_url", BASE_URL}, {"tag", TAG},     {"key_command", COMMAND},
        {"key_file", KEY_FILE}, {"ca_file", CA_FILE},   {"proxy", PROXY},
    };

    for (size_t i = 0; i < sizeof(FIELDS) / sizeof(*FIELDS); i++) {
        if (strcmp(FIELDS[i].name, name) == 0) {
            return FIELDS[i].field;
        }
    }
    return GO;
}

static void failed(struct login *self, const struct host_login_state *state)
{
    int field = field_of(state->error.field);
    char *text;

    self->started = false;
    text = xasprintf("%s%s%s", state->error.text, state->words[0] == '\0' ? "" : " ", state->words);
    form_set_problem(self->form, field, true, text);
    free(text);
    follow_source(self);
    if (field != GO) {
        form_set_focus(self->form, field);
    } else if (chosen(self) == KEYRING || chosen(self) == ASK) {
        form_set_focus(self->form, KEY);
    }
}

static void shown(void *pane, struct ui *ui)
{
    struct login *self = pane;
    struct host_login_state state;

    (void)ui;
    if (!self->started) {
        return;
    }
    self->host->ops->login_state(self->host->ctx, &state);
    switch (state.phase) {
    case LOGIN_IDLE:
        break;
    case LOGIN_TRYING:
        say(self, state.words[0] == '\0' ? "Trying the key.." : state.words);
        break;
    case LOGIN_STORING:
        say(self, state.words[0] == '\0' ? "Storing the key.." : state.words);
        break;
    case LOGIN_DONE:
        self->started = false;
        self->done = true;
        form_clear(self->form);
        form_add_note(self->form, STATE, STYLE_GOOD, state.words);
        form_add_gap(self->form);
        form_add_button(self->form, CLOSE, "Go on");
        break;
    case LOGIN_FAILED:
        failed(self, &state);
        break;
    }
}

/* -- keys -- */

static enum pane_result close_done(struct ui *ui)
{
    ui_command_later(ui, "keys");
    return PANE_CLOSE;
}

static enum pane_result changed(struct login *self, int id)
{
    if (id == SOURCE) {
        follow_source(self);
    }
    form_set_problem(self->form, id, false, "");
    if (id == NAME) {
        check_name(self);
    }
    return PANE_HANDLED;
}

static enum pane_result pressed(struct login *self, struct ui *ui, int id)
{
    if (id == CLOSE) {
        return self->done ? close_done(ui) : PANE_CLOSE;
    }
    go(self, ui);
    return PANE_HANDLED;
}

static enum pane_result event(void *pane, struct ui *ui, const struct ui_event *event)
{
    struct login *self = pane;
    bool text = event->key == UI_KEY_CHAR || event->key == UI_KEY_PASTE;
    int id = -1;

    if (event->key == UI_KEY_ESC) {
        if (self->started) {
            stop(self, ui);
            return PANE_HANDLED;
        }
        return self->done ? close_done(ui) : PANE_CLOSE;
    }
    if (self->started) {
        /* What was handed over may not change under it. */
        return text || event->key == UI_KEY_ENTER || event->key == UI_KEY_TAB ? PANE_HANDLED
                                                                              : PANE_IGNORED;
    }
    if (dialog_page(self->form, ui, event, WIDTH)) {
        return PANE_HANDLED;
    }
    switch (form_event(self->form, event, &id)) {
    case FORM_PRESSED:
        return pressed(self, ui, id);
    case FORM_CHANGED:
        return changed(self, id);
    case FORM_HANDLED:
        return PANE_HANDLED;
    default:
        return text && strcmp(event->text, "?") != 0 ? PANE_HANDLED : PANE_IGNORED;
    }
}

/* -- drawing -- */

static void draw(const void *pane, const struct ui *ui, struct canvas *canvas, struct rect area)
{
    const struct login *self = pane;

    (void)ui;
    dialog_draw_form(self->form, canvas, area, WIDTH, "Log in: one admin key is one organisation",
                     !self->started);
}

static void title(const void *pane, const struct ui *ui, struct buf *out)
{
    (void)pane;
    (void)ui;
    buf_adds(out, "Log in");
}

static bool state(const void *pane, const struct ui *ui, struct buf *out)
{
    const struct login *self = pane;

    (void)ui;
    if (!self->started && !self->done) {
        buf_adds(out, "The key is tried with one read before anything is stored. The profile file "
                      "never holds it.");
    }
    return false;
}

static void hints(const void *pane, const struct ui *ui, struct buf *out)
{
    const struct login *self = pane;

    (void)ui;
    buf_adds(out, self->started ? "Esc stop"
                  : self->done
                      ? "Enter go on"
                      : "Tab Enter next   S-Tab back   Left Right choose   ^U empty   Esc leave");
}

static void login_free(void *pane)
{
    struct login *self = pane;

    form_free(self->form);
    free(self);
}

static const struct pane_ops OPS = {
    .name = "login",
    .draw = draw,
    .event = event,
    .title = title,
    .shown = shown,
    .modal = true,
    .free = login_free,
    .state = state,
    .hints = hints,
};

static void add_fields(struct login *self)
{
    struct form_option options[SOURCE_COUNT] = {{0}};
    struct form *form = self->form;

    for (int i = 0; i < SOURCE_COUNT; i++) {
        options[i].label = SOURCES[i].label;
    }
    form_add_text(form, NAME, "Name", 64, 24);
    form_add_text(form, TAG, "Tag", 24, 12);
    form_beside(form);
    form_add_text(form, BASE_URL, "Base URL", TEXT_MAX, 0);
    form_set_text(form, BASE_URL, LIVE_URL);
    form_add_choice(form, SOURCE, "Key from", options, SOURCE_COUNT, false);
    form_add_secret(form, KEY, "Admin key");
    form_add_text(form, COMMAND, "Key command", TEXT_MAX, 0);
    form_add_text(form, KEY_FILE, "Key file", TEXT_MAX, 0);
    form_add_text(form, CA_FILE, "CA file", TEXT_MAX, 0);
    form_add_text(form, PROXY, "Proxy", TEXT_MAX, 0);
    form_add_gap(form);
    form_add_note(form, STATE, STYLE_NORMAL, "");
    form_add_gap(form);
    form_add_button(form, GO, "Try and store");
    form_add_button(form, CLOSE, "Cancel");
    form_beside(form);
}

struct pane view_login_new(struct ui *ui)
{
    struct login *self = xcalloc(1, sizeof(*self));

    self->host = ui_host(ui);
    self->form = form_new(13);
    add_fields(self);
    follow_source(self);
    return (struct pane){&OPS, self};
}

static const struct source_words SOURCES[SOURCE_COUNT] = {
    [KEYRING] =
        {"keyring", "keyring",
         "The key goes into the keyring of this computer; no file of ours holds it. CA file "
         "and proxy may stay empty."},
    [BY_COMMAND] = {"command", "command",
                    "The command is run at each start and prints the key, such as: pass show "
                    "portkey/admin"},
    [BY_FILE] = {"file", "file",
                 "The file is read at each start; it must be yours alone (mode 0600). It is never "
                 "written."},
    [ASK] = {"ask", "ask each time", "The key is typed at each start and kept in memory only."},
};
