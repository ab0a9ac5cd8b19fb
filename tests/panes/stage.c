#include "panes/stage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/secret.h"
#include "base/text.h"

#include "base/banned.h"

#define SCREEN_MAX (1 << 20)

void stage_init(struct stage *stage, int width, int height)
{
    *stage = (struct stage){0};
    if (!secret_setup()) {
        die("libsodium does not start");
    }
    fake_host_init(&stage->fake);
    buf_init(&stage->text, SCREEN_MAX);
    stage->ui = ui_new(&stage->fake.host, &(struct ui_options){0});
    stage->canvas = canvas_new(width, height);
    stage_size(stage, width, height);
}

void stage_done(struct stage *stage)
{
    struct ui_requests requests;

    ui_take_requests(stage->ui, &requests);
    free(requests.clipboard);
    ui_free(stage->ui);
    canvas_free(stage->canvas);
    buf_done(&stage->text);
    fake_host_done(&stage->fake);
}

void stage_size(struct stage *stage, int width, int height)
{
    canvas_resize(stage->canvas, width, height);
    ui_resize(stage->ui, width, height);
}

static const struct named_key {
    const char *name;
    enum ui_key key;
} NAMED[] = {
    {"Enter", UI_KEY_ENTER},    {"Esc", UI_KEY_ESC},     {"Tab", UI_KEY_TAB},
    {"S-Tab", UI_KEY_BACKTAB},  {"Up", UI_KEY_UP},       {"Down", UI_KEY_DOWN},
    {"Left", UI_KEY_LEFT},      {"Right", UI_KEY_RIGHT}, {"PgUp", UI_KEY_PAGE_UP},
    {"PgDn", UI_KEY_PAGE_DOWN}, {"Home", UI_KEY_HOME},   {"End", UI_KEY_END},
    {"Bs", UI_KEY_BACKSPACE},   {"Del", UI_KEY_DELETE},  {"Ins", UI_KEY_INSERT},
};

static bool named(const char *word, struct ui_event *event)
{
    for (size_t i = 0; i < sizeof(NAMED) / sizeof(*NAMED); i++) {
        if (strcmp(NAMED[i].name, word) == 0) {
            event->key = NAMED[i].key;
            return true;
        }
    }
    if (strcmp(word, "Space") == 0) {
        event->key = UI_KEY_CHAR;
        event->text = " ";
        return true;
    }
    if (word[0] == 'F' && word[1] >= '1' && word[1] <= '9') {
        event->key = UI_KEY_F;
        event->number = (int)strtol(word + 1, NULL, 10);
        return true;
    }
    if (word[0] == '^' && word[1] >= 'A' && word[1] <= 'Z') {
        event->key = UI_KEY_CTRL;
        event->number = word[1] - 'A' + 'a';
        return true;
    }
    return false;
}

bool stage_event(const char *word, struct ui_event *event)
{
    int columns;

    if (named(word, event)) {
        return true;
    }
    event->key = UI_KEY_CHAR;
    event->text = word;
    return word[0] != '\0' && word[text_next(word, &columns)] == '\0';
}

void stage_type(struct stage *stage, const char *text)
{
    while (*text != '\0') {
        int columns;
        size_t len = text_next(text, &columns);
        char *one = xstrndup(text, len);

        ui_event(stage->ui, &(struct ui_event){.key = UI_KEY_CHAR, .text = one});
        free(one);
        text += len;
    }
}

void stage_keys(struct stage *stage, const char *words)
{
    while (*words != '\0') {
        size_t len;
        char *word;
        struct ui_event event = {.text = ""};

        words += strspn(words, " ");
        len = strcspn(words, " ");
        word = xstrndup(words, len);
        if (named(word, &event)) {
            ui_event(stage->ui, &event);
        } else {
            stage_type(stage, word);
        }
        free(word);
        words += len;
    }
}

const char *stage_text(struct stage *stage)
{
    while (ui_work(stage->ui, 1000)) {
    }
    ui_draw(stage->ui, stage->canvas);
    buf_clear(&stage->text);
    canvas_dump(stage->canvas, &stage->text);
    return stage->text.data;
}

bool stage_has(struct stage *stage, const char *text)
{
    return strstr(stage_text(stage), text) != NULL;
}

const char *stage_line(struct stage *stage, int y)
{
    char *at = (char *)stage_text(stage);

    while (y-- > 0 && *at != '\0') {
        at += strcspn(at, "\n");
        at += *at == '\n' ? 1 : 0;
    }
    at[strcspn(at, "\n")] = '\0';
    return at;
}

/* cmocka cuts what it prints at a thousand bytes. */
static void show(const struct stage *stage)
{
    fputs(stage->text.data, stderr);
}

void stage_expect(struct stage *stage, const char *text)
{
    if (!stage_has(stage, text)) {
        show(stage);
        fail_msg("not on the screen: %s", text);
    }
}

void stage_expect_not(struct stage *stage, const char *text)
{
    if (stage_has(stage, text)) {
        show(stage);
        fail_msg("on the screen: %s", text);
    }
}

/* The text of a line of cells from x on starts with this. */
static bool stands_at(const struct canvas *canvas, int x, int y, const char *text)
{
    while (*text != '\0') {
        const char *cell;
        size_t len;

        if (x >= canvas_width(canvas)) {
            return false;
        }
        cell = canvas_cell(canvas, x++, y, NULL, NULL);
        len = strlen(cell);
        if (strncmp(text, cell, len) != 0) {
            return false;
        }
        text += len;
    }
    return true;
}

enum style stage_style(struct stage *stage, const char *text)
{
    enum style style = STYLE_NORMAL;

    stage_text(stage);
    for (int y = 0; y < canvas_height(stage->canvas); y++) {
        for (int x = 0; x < canvas_width(stage->canvas); x++) {
            if (stands_at(stage->canvas, x, y, text)) {
                canvas_cell(stage->canvas, x, y, NULL, &style);
                return style;
            }
        }
    }
    show(stage);
    fail_msg("not on the screen: %s", text);
    return style;
}

void stage_expect_screen(struct stage *stage, const char *name)
{
    char *path = xasprintf("%s/%s.txt", EXPECTED_SCREENS, name);
    const char *update = getenv("UPDATE");
    const char *text = stage_text(stage);
    char *expected = NULL;
    FILE *file;

    if (update != NULL && update[0] == '1') {
        file = fopen(path, "w");
        assert_non_null(file);
        fputs(text, file);
        fclose(file);
    }
    file = fopen(path, "r");
    if (file == NULL) {
        show(stage);
        fail_msg("%s is missing; UPDATE=1 writes it", path);
    }
    expected = xcalloc(1, SCREEN_MAX);
    assert_true(fread(expected, 1, SCREEN_MAX - 1, file) > 0);
    fclose(file);
    if (strcmp(expected, text) != 0) {
        show(stage);
        fail_msg("%s differs; UPDATE=1 rewrites it", path);
    }
    free(expected);
    free(path);
}

int stage_setup(void **state)
{
    struct stage *stage = xcalloc(1, sizeof(*stage));

    stage_init(stage, 80, 24);
    *state = stage;
    return 0;
}

int stage_teardown(void **state)
{
    stage_done(*state);
    free(*state);
    return 0;
}
