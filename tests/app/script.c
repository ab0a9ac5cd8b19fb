/* Scripts: what is a step, and what is refused with its line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "app/script.h"

#include "base/banned.h"

static void reads_steps(void **state)
{
    struct err err = {0};
    struct script *script;

    (void)state;
    setenv("SCRIPT_TEST_WORD", "from here", 1);
    script =
        script_parse("# a comment\n\nsize 140x40\n  key F8\nkey ctrl-r\nkey x\nkey PageDown\n"
                     "type \"a \\\"b\\\" ${SCRIPT_TEST_WORD}\"\nwait text \"318 keys\"\nwait idle\n"
                     "dump keys-80x24\nadvance 5m\ncommand go key abc\n",
                     &err);
    assert_non_null(script);
    assert_int_equal(script->count, 11);
    assert_int_equal(script->steps[0].width, 140);
    assert_int_equal(script->steps[0].height, 40);
    assert_int_equal(script->steps[0].line, 3);
    assert_int_equal(script->steps[1].event.key, UI_KEY_F);
    assert_int_equal(script->steps[1].event.number, 8);
    assert_int_equal(script->steps[2].event.key, UI_KEY_CTRL);
    assert_int_equal(script->steps[2].event.number, 'r');
    assert_int_equal(script->steps[3].event.key, UI_KEY_CHAR);
    assert_string_equal(script->steps[3].event.text, "x");
    assert_int_equal(script->steps[4].event.key, UI_KEY_PAGE_DOWN);
    assert_string_equal(script->steps[5].text, "a \"b\" from here");
    assert_int_equal(script->steps[6].verb, SCRIPT_WAIT_TEXT);
    assert_string_equal(script->steps[6].text, "318 keys");
    assert_int_equal(script->steps[7].verb, SCRIPT_WAIT_IDLE);
    assert_int_equal(script->steps[8].verb, SCRIPT_DUMP);
    assert_int_equal(script->steps[9].ms, 5 * 60 * 1000);
    assert_string_equal(script->steps[10].text, "go key abc");
    script_free(script);
}

static void refuses(void **state)
{
    static const char *const bad[] = {
        "fly away\n",
        "size 80\n",
        "size 0x5\n",
        "key Hyper\n",
        "key F13\n",
        "type \"open\n",
        "type \"a\" b\n",
        "dump ../x\n",
        "dump \n",
        "advance soon\n",
        "type \"${NO_SUCH_NAME_HERE}\"\n",
        "type \"${NAME\"\n",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct err err = {0};
        struct script *script = script_parse(bad[i], &err);

        assert_null(script);
        assert_int_equal(err.kind, ERR_INVALID);
        assert_non_null(strstr(err.text, "Line 1"));
    }
}

static void no_such_file(void **state)
{
    struct err err = {0};

    (void)state;
    assert_null(script_load("/nonexistent/script", &err));
    assert_int_equal(err.kind, ERR_FILE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_steps),
        cmocka_unit_test(refuses),
        cmocka_unit_test(no_such_file),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
