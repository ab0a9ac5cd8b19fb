/* Reading and writing times. */
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"

#include "base/banned.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void test_parse_good(void **state)
{
    static const struct {
        const char *text;
        int64_t ms;
        const char *formatted;
    } cases[] = {
        {"1970-01-01T00:00:00Z", 0, "1970-01-01T00:00:00.000Z"},
        {"2026-05-03T17:08:55.000Z", 1777828135000, "2026-05-03T17:08:55.000Z"},
        {"2026-05-03T17:08:55Z", 1777828135000, "2026-05-03T17:08:55.000Z"},
        {"2026-05-03t17:08:55z", 1777828135000, "2026-05-03T17:08:55.000Z"},
        {"2026-05-03T17:08:55.123456789Z", 1777828135123, "2026-05-03T17:08:55.123Z"},
        {"2026-05-03T17:08:55.9999Z", 1777828135999, "2026-05-03T17:08:55.999Z"},
        {"2026-05-03T17:08:55.5Z", 1777828135500, "2026-05-03T17:08:55.500Z"},
        {"2026-05-03T19:08:55+02:00", 1777828135000, "2026-05-03T17:08:55.000Z"},
        {"2026-05-03T11:38:55-05:30", 1777828135000, "2026-05-03T17:08:55.000Z"},
        {"2026-01-01T00:30:00+01:00", 1767223800000, "2025-12-31T23:30:00.000Z"},
        {"2024-01-25 11:35:07", 1706182507000, "2024-01-25T11:35:07.000Z"},
        {"2024-01-25 11:35:07.25", 1706182507250, "2024-01-25T11:35:07.250Z"},
        {"2024-01-25 11:35:07Z", 1706182507000, "2024-01-25T11:35:07.000Z"},
        {"2026-05-03", 1777766400000, "2026-05-03T00:00:00.000Z"},
        {"2024-02-29", 1709164800000, "2024-02-29T00:00:00.000Z"},
        {"2000-02-29T23:59:59Z", 951868799000, "2000-02-29T23:59:59.000Z"},
        {"1969-12-31T23:59:59.999Z", -1, "1969-12-31T23:59:59.999Z"},
        {"9999-12-31T23:59:59.999Z", 253402300799999, "9999-12-31T23:59:59.999Z"},
        {"0001-01-01T00:00:00Z", -62135596800000, "0001-01-01T00:00:00.000Z"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char out[TIME_TEXT_SIZE];
        int64_t ms = 42;

        if (!time_parse(cases[i].text, &ms) || ms != cases[i].ms) {
            fail_msg("%s: %lld, want %lld", cases[i].text, (long long)ms, (long long)cases[i].ms);
        }
        time_format(ms, out);
        assert_string_equal(out, cases[i].formatted);
    }
}

static void test_parse_bad(void **state)
{
    static const char *const cases[] = {
        "",
        " ",
        "now",
        "2026",
        "2026-05",
        "2026-5-3",
        "2026-05-03T",
        "2026-05-03 ",
        "2026-05-03T17:08Z",
        "2026-05-03T17:08:55", /* no zone after a T */
        "2026-05-03T24:00:00Z",
        "2026-05-03T23:60:00Z",
        "2026-05-03T23:59:60Z",
        "2026-02-30T00:00:00Z",
        "2026-02-29",
        "1900-02-29",
        "2026-04-31",
        "2026-00-10",
        "2026-13-10",
        "2026-05-00",
        "2026-05-03T17:08:55.Z",
        "2026-05-03T17:08:55,5Z",
        "2026-05-03T17:08:55ZZ",
        "2026-05-03T17:08:55Z ",
        " 2026-05-03T17:08:55Z",
        "2026-05-03T17:08:55+2:00",
        "2026-05-03T17:08:55+0200",
        "2026-05-03T17:08:55+02",
        "2026-05-03T17:08:55+24:00",
        "2026-05-03T17:08:55+02:60",
        "2026-05-03X17:08:55Z",
        "-026-05-03",
        "+2026-05-03",
        "20260503",
        "2026-05-03T-7:08:55Z",
        "2026-05-03T17:08:55.12a",
        "12026-05-03",
        "2026-05-03T17:08:55.000Z\n",
        "\xd9\xa2\xd9\xa0\xd9\xa2\xd9\xa6-05-03",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        int64_t ms = 42;

        if (time_parse(cases[i], &ms)) {
            fail_msg("\"%s\" was read as %lld", cases[i], (long long)ms);
        }
        assert_int_equal(ms, 42);
    }
}

static void test_every_day_round_trip(void **state)
{
    char out[TIME_TEXT_SIZE];
    int64_t ms;

    (void)state;
    for (int64_t day = -719162; day < 2932896; day += 13) {
        time_format(day * 86400000 + 1, out);
        assert_int_equal(strlen(out), 24);
        assert_true(time_parse(out, &ms));
        assert_int_equal(ms, day * 86400000 + 1);
    }
}

static void test_extremes(void **state)
{
    char out[TIME_TEXT_SIZE];

    (void)state;
    time_format(TIME_NONE, out);
    assert_string_equal(out, "");
    time_format(TIME_UNREAD, out);
    assert_string_equal(out, "?");
    time_format(INT64_MAX - 1, out);
    assert_string_equal(out, "292278994-08-17T07:12:55.806Z");
    time_format(INT64_MIN + 1, out);
    assert_true(strlen(out) < TIME_TEXT_SIZE);
    time_strftime(TIME_NONE, "%Y", out, sizeof(out));
    assert_string_equal(out, "");
}

static void test_strftime(void **state)
{
    char out[TIME_TEXT_SIZE];

    (void)state;
    time_strftime(1777828135000, "%d %b", out, sizeof(out));
    assert_string_equal(out, "03 May");
    time_strftime(1777828135000, "%Y-%m-%d %H:%MZ", out, sizeof(out));
    assert_string_equal(out, "2026-05-03 17:08Z");
    /* Too small: nothing, rather than half a date. */
    time_strftime(1777828135000, "%Y-%m-%d", out, 5);
    assert_string_equal(out, "");
}

static void test_span(void **state)
{
    static const struct {
        int64_t ms;
        const char *want;
    } cases[] = {
        {0, "0s"},
        {999, "0s"},
        {14000, "14s"},
        {59999, "59s"},
        {60000, "1m"},
        {599999, "9m"},
        {3600000, "1h"},
        {10800000, "3h"},
        {86399999, "23h"},
        {86400000, "1d"},
        {41LL * 86400000, "41d"},
        {729LL * 86400000, "729d"},
        {730LL * 86400000, "2y"},
        {-14000, "14s"},
        {-41LL * 86400000, "41d"},
        {INT64_MAX, "999y"},
        {INT64_MIN, "999y"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char out[TIME_TEXT_SIZE];

        time_span(cases[i].ms, out);
        assert_string_equal(out, cases[i].want);
        assert_true(strlen(out) <= 4);
    }
}

static void test_clock(void **state)
{
    struct clock real;
    struct clock fixed;
    int64_t before;
    int64_t now;

    (void)state;
    clock_init(&real);
    clock_init(&fixed);
    before = clock_mono_ms();
    clock_fix(&fixed, 1000);
    now = clock_now(&fixed);
    assert_true(now >= 1000 && now < 1000 + 60000);
    clock_advance(&fixed, 86400000);
    now = clock_now(&fixed);
    assert_true(now >= 86401000 && now < 86401000 + 60000);
    assert_true(clock_now(&real) > 1600000000000);
    assert_true(clock_mono_ms() >= before);
}

/* A time namespace gives a machine that has slept for an hour. Only root may make one: elsewhere it
 * is enough that the two do not run apart while nothing sleeps. */
static void boot_time_goes_on_asleep(void **state)
{
    int status = 0;
    int64_t mono;
    pid_t child = fork();

    (void)state;
    if (child == 0) {
        int fd = unshare(CLONE_NEWTIME) == 0
                     ? open("/proc/self/timens_offsets", O_WRONLY | O_CLOEXEC)
                     : -1;
        static const char SLEPT[] = "boottime 3600 0\n";

        if (fd < 0 || write(fd, SLEPT, sizeof(SLEPT) - 1) < 0) {
            _exit(77);
        }
        child = fork(); /* a process enters it with its birth */
        if (child == 0) {
            int64_t awake = clock_mono_ms(); /* first: a millisecond may pass between the two */

            _exit(clock_boot_ms() - awake >= 3600 * 1000 ? 0 : 1);
        }
        _exit(waitpid(child, &status, 0) == child && status == 0 ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_true(WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == 77);
    mono = clock_mono_ms();
    assert_true(clock_boot_ms() >= mono);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse_good),
        cmocka_unit_test(test_parse_bad),
        cmocka_unit_test(test_every_day_round_trip),
        cmocka_unit_test(test_extremes),
        cmocka_unit_test(test_strftime),
        cmocka_unit_test(test_span),
        cmocka_unit_test(test_clock),
        cmocka_unit_test(boot_time_goes_on_asleep),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
