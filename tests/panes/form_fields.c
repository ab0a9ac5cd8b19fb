/* Forms: the order of the focus, what each field takes, sentences under fields, buttons that cannot
 * be pressed, secrets that are not seen, any size. */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/secret.h"
#include "ui/form.h"

#include "base/banned.h"

enum { NAME, KIND, TAIL, LIVE, WHERE, CANCEL, SEND };

static struct form *sample(void)
{
    static const struct form_option kinds[] = {
        {"service", "for programs", NULL},
        {"user", "for one person", "needs workspace_user_api_keys.create"},
        {"admin", "for all", NULL},
    };
    struct form *form = form_new(12);

    form_add_section(form, "WHAT");
    form_add_text(form, NAME, "Name", 40, 20);
    form_add_choice(form, KIND, "Kind", kinds, 3, true);
    form_add_secret(form, TAIL, "Admin key");
    form_add_check(form, LIVE, "", "this is production");
    form_add_pick(form, WHERE, "Workspace", 20);
    form_add_gap(form);
    form_add_button(form, CANCEL, "Cancel");
    form_add_button(form, SEND, "Send");
    form_beside(form);
    return form;
}

static enum form_answer key(struct form *form, enum ui_key code, int *id)
{
    const struct ui_event event = {.key = code, .text = ""};

    return form_event(form, &event, id);
}

static enum form_answer type(struct form *form, const char *text)
{
    enum form_answer answer = FORM_IGNORED;
    int id;

    for (; *text != '\0'; text++) {
        const char one[2] = {*text, '\0'};
        const struct ui_event event = {.key = UI_KEY_CHAR, .text = one};

        answer = form_event(form, &event, &id);
    }
    return answer;
}

static char *shown(const struct form *form, int width, int height)
{
    struct canvas *canvas = canvas_new(width, height);
    struct buf out;

    buf_init(&out, 0);
    form_draw(form, canvas, (struct rect){0, 0, width, height}, true);
    canvas_dump(canvas, &out);
    canvas_free(canvas);
    return buf_take(&out);
}

static void assert_shown(const struct form *form, int width, int height, const char *text)
{
    char *screen = shown(form, width, height);

    if (strstr(screen, text) == NULL) {
        fail_msg("\"%s\" is not in:\n%s", text, screen);
    }
    free(screen);
}

static void assert_not_shown(const struct form *form, int width, int height, const char *text)
{
    char *screen = shown(form, width, height);

    if (strstr(screen, text) != NULL) {
        fail_msg("\"%s\" is in:\n%s", text, screen);
    }
    free(screen);
}

static void test_focus_order(void **state)
{
    struct form *form = sample();
    int id;

    (void)state;
    for (int i = NAME; i <= SEND; i++) {
        assert_int_equal(form_focus(form), i);
        assert_int_equal(key(form, UI_KEY_TAB, &id), FORM_HANDLED);
    }
    assert_int_equal(form_focus(form), NAME);
    key(form, UI_KEY_BACKTAB, &id);
    assert_int_equal(form_focus(form), SEND);
    /* Up goes by rows: both buttons stand in one. */
    key(form, UI_KEY_UP, &id);
    assert_int_equal(form_focus(form), WHERE);
    key(form, UI_KEY_DOWN, &id);
    assert_int_equal(form_focus(form), CANCEL);
    key(form, UI_KEY_RIGHT, &id);
    assert_int_equal(form_focus(form), SEND);
    key(form, UI_KEY_DOWN, &id);
    assert_int_equal(form_focus(form), SEND);
    form_set_hidden(form, SEND, true);
    assert_int_equal(form_focus(form), NAME);
    form_free(form);
}

static void test_values(void **state)
{
    struct form *form = sample();
    int id = -1;

    (void)state;
    assert_int_equal(type(form, "gira q"), FORM_CHANGED);
    assert_string_equal(form_text(form, NAME), "gira q");
    assert_true(form_takes_text(form));
    /* Enter in a field goes on, it presses nothing. */
    assert_int_equal(key(form, UI_KEY_ENTER, &id), FORM_HANDLED);
    assert_int_equal(form_focus(form), KIND);
    assert_false(form_takes_text(form));
    /* A letter is nothing to a choice: the pane may have it. */
    assert_int_equal(type(form, "q"), FORM_IGNORED);
    /* The second cannot be chosen. */
    assert_int_equal(key(form, UI_KEY_DOWN, &id), FORM_CHANGED);
    assert_int_equal(form_choice(form, KIND), 2);
    /* Space is what chooses elsewhere: here it is chosen, and no other is. */
    assert_int_equal(type(form, " "), FORM_HANDLED);
    assert_int_equal(form_choice(form, KIND), 2);
    assert_int_equal(key(form, UI_KEY_RIGHT, &id), FORM_CHANGED);
    assert_int_equal(form_choice(form, KIND), 0);
    form_set_focus(form, LIVE);
    assert_int_equal(type(form, " "), FORM_CHANGED);
    assert_true(form_checked(form, LIVE));
    assert_shown(form, 60, 20, "[x] this is production");
    form_set_focus(form, WHERE);
    assert_int_equal(key(form, UI_KEY_ENTER, &id), FORM_PRESSED);
    assert_int_equal(id, WHERE);
    form_free(form);
}

static void test_sentences(void **state)
{
    struct form *form = sample();

    (void)state;
    form_set_problem(form, NAME, true, "a name is needed");
    form_set_problem(form, WHERE, false, "this is a long sentence that has to be wrapped in two");
    assert_shown(form, 60, 20, "error: a name is needed");
    assert_shown(form, 60, 20, "            note: this is a long sentence that has to be");
    assert_shown(form, 60, 20, "                  wrapped in two");
    assert_shown(form, 70, 20, "(-) user     needs workspace_user_api_keys.create");
    form_clear_problems(form);
    assert_not_shown(form, 60, 20, "error");
    form_add_note(form, 99, STYLE_DIM, " one that stands under the fields, in all of its lines");
    assert_shown(form, 50, 30, "\n            one that stands under the fields, in\n");
    assert_shown(form, 50, 30, "\n            all of its lines\n");
    form_free(form);
}

static void test_disabled_button(void **state)
{
    struct form *form = sample();
    int id = -1;

    (void)state;
    form_set_focus(form, SEND);
    form_set_disabled(form, SEND, "press ! first");
    assert_int_equal(key(form, UI_KEY_ENTER, &id), FORM_HANDLED);
    assert_int_equal(type(form, " "), FORM_IGNORED);
    assert_int_equal(form_focus(form), SEND);
    assert_shown(form, 60, 20, "( Send )");
    assert_shown(form, 60, 20, "press ! first");
    form_set_disabled(form, SEND, NULL);
    assert_shown(form, 60, 20, "> [ Send ] <");
    assert_int_equal(key(form, UI_KEY_ENTER, &id), FORM_PRESSED);
    assert_int_equal(id, SEND);
    form_free(form);
}

static void test_secret(void **state)
{
    struct form *form = sample();
    const struct ui_event paste = {.key = UI_KEY_PASTE, .text = "  pk-zzQq7\r\n"};
    int id;

    (void)state;
    form_set_focus(form, TAIL);
    assert_true(form_takes_text(form));
    assert_int_equal(form_event(form, &paste, &id), FORM_CHANGED);
    assert_string_equal(secret_text(form_secret(form, TAIL)), "pk-zzQq7");
    assert_shown(form, 60, 20, "[********");
    assert_not_shown(form, 60, 20, "zzQq7");
    assert_int_equal(key(form, UI_KEY_BACKSPACE, &id), FORM_CHANGED);
    assert_int_equal(secret_len(form_secret(form, TAIL)), 7);
    for (int i = 0; i < 10; i++) {
        type(form, "abcdefgh");
    }
    assert_shown(form, 60, 20, "87 characters");
    assert_not_shown(form, 60, 20, "abc");
    form_wipe(form, TAIL);
    assert_int_equal(secret_len(form_secret(form, TAIL)), 0);
    form_free(form);
}

/* The field with the focus is seen in any area, and nothing outside of it is drawn. */
static void test_sizes(void **state)
{
    struct form *form = sample();
    struct canvas *canvas = canvas_new(100, 30);

    (void)state;
    form_set_problem(form, WHERE, true, "nowhere is there such a workspace");
    for (int id = NAME; id <= SEND; id++) {
        form_set_focus(form, id);
        for (int width = 1; width < 90; width += 1 + width / 8) {
            for (int height = 1; height < 20; height++) {
                int x, y;

                canvas_clear(canvas);
                form_draw(form, canvas, (struct rect){5, 5, width, height}, true);
                if (width >= 30) {
                    assert_true(canvas_cursor_at(canvas, &x, &y));
                    assert_in_range(x, 5, 5 + width);
                    assert_in_range(y, 5, 5 + height - 1);
                }
                assert_string_equal(canvas_cell(canvas, 5 + width, 5, NULL, NULL), " ");
            }
        }
    }
    assert_true(form_lines(form, 20) > form_lines(form, 80));
    canvas_free(canvas);
    form_free(form);
}

static void test_built_again(void **state)
{
    struct form *form = sample();

    (void)state;
    form_set_focus(form, SEND);
    form_clear(form);
    assert_int_equal(form_focus(form), -1);
    form_add_text(form, NAME, "Name", 10, 0);
    assert_int_equal(form_focus(form), NAME);
    form_add_button(form, SEND, "Send");
    assert_int_equal(form_focus(form), SEND);
    form_free(form);
    form_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_focus_order), cmocka_unit_test(test_values),
        cmocka_unit_test(test_sentences),   cmocka_unit_test(test_disabled_button),
        cmocka_unit_test(test_secret),      cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_built_again),
    };

    setlocale(LC_ALL, "C.UTF-8");
    if (!secret_setup()) {
        return 1;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
