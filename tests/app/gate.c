/* The gate: off by default, ten minutes, a reason where the tag says production. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "app/gate.h"

#include "base/banned.h"

static void starts_off(void **state)
{
    struct gate gate = {0};
    struct err err = {0};

    (void)state;
    assert_false(gate_check(&gate, 1000, &err));
    assert_int_equal(err.kind, ERR_GUARD);
    assert_int_equal(gate_left_ms(&gate, 1000), 0);
}

static void lasts_ten_minutes(void **state)
{
    struct gate gate = {0};
    struct err err = {0};

    (void)state;
    assert_true(gate_arm(&gate, "", "", 5000, &err));
    assert_true(gate_check(&gate, 5000, &err));
    assert_true(gate_check(&gate, 5000 + GATE_ARMED_MS - 1, &err));
    assert_int_equal(gate_left_ms(&gate, 5000 + 60000), 9 * 60000);
    assert_false(gate_check(&gate, 5000 + GATE_ARMED_MS, &err));
    assert_int_equal(err.kind, ERR_GUARD);
    /* Over is over: an earlier time does not bring it back. */
    assert_false(gate_check(&gate, 6000, &err));
}

static void production_needs_a_reason(void **state)
{
    static const char *const tags[] = {"PROD", "eu-prod", "Production", "LIVE", "non-prod"};
    struct gate gate = {0};
    struct err err = {0};

    (void)state;
    for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++) {
        assert_false(gate_arm(&gate, tags[i], "", 0, &err));
        assert_int_equal(err.kind, ERR_GUARD);
        assert_false(gate_arm(&gate, tags[i], "  \t", 0, &err));
        assert_false(gate_arm(&gate, tags[i], NULL, 0, &err));
        assert_false(gate_arm(&gate, tags[i], "ok", 0, &err));
        assert_false(gate_arm(&gate, tags[i], " . - 1 2", 0, &err));
        assert_false(gate_check(&gate, 0, &err));
    }
    assert_true(gate_arm(&gate, "PROD", "INC-2210", 0, &err));
    assert_string_equal(gate.reason, "INC-2210");
    assert_true(gate_check(&gate, 0, &err));
    assert_true(gate_arm(&gate, "staging", NULL, 0, &err));
}

static void disarms(void **state)
{
    struct gate gate = {0};
    struct err err = {0};

    (void)state;
    assert_true(gate_arm(&gate, NULL, "why", 0, &err));
    gate_disarm(&gate);
    assert_false(gate_check(&gate, 1, &err));
    assert_string_equal(gate.reason, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(starts_off),
        cmocka_unit_test(lasts_ten_minutes),
        cmocka_unit_test(production_needs_a_reason),
        cmocka_unit_test(disarms),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
