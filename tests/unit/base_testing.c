#include "base/testing.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/banned.h"

static void without_a_hurry_waits_are_whole(void **state)
{
    (void)state;
    unsetenv("PORTCULLIS_TEST_HURRY");
    assert_int_equal(testing_ms(10000), 10000);
    assert_int_equal(testing_deadline_ms(10000), 10000);
    setenv("PORTCULLIS_TEST_HURRY", "0", 1);
    assert_int_equal(testing_ms(10000), 10000);
    setenv("PORTCULLIS_TEST_HURRY", "-3", 1);
    assert_int_equal(testing_ms(10000), 10000);
}

static void a_hurry_divides_and_leaves_an_answer_its_time(void **state)
{
    (void)state;
    setenv("PORTCULLIS_TEST_HURRY", "20", 1);
    assert_int_equal(testing_ms(10000), 500);
    assert_int_equal(testing_deadline_ms(10000), 2000);
    assert_int_equal(testing_deadline_ms(60000), 3000);
    assert_int_equal(testing_deadline_ms(150), 150);
    assert_int_equal(testing_limit_ms(30000), 10000);
    assert_int_equal(testing_limit_ms(400000), 20000);
    setenv("PORTCULLIS_TEST_PATIENT", "1", 1);
    assert_int_equal(testing_ms(10000), 500);
    assert_int_equal(testing_deadline_ms(10000), 10000);
    assert_int_equal(testing_limit_ms(30000), 30000);
    unsetenv("PORTCULLIS_TEST_PATIENT");
    unsetenv("PORTCULLIS_TEST_HURRY");
}

/* The child stops at the named point, and only the first time. */
static void a_process_stops_where_it_is_asked_to(void **state)
{
    int status = 0;
    pid_t pid;

    (void)state;
    setenv("PORTCULLIS_TEST_STOP", "after-send", 1);
    pid = fork();
    if (pid == 0) {
        testing_stop("before-intent");
        testing_stop("after-send");
        testing_stop("after-send");
        _exit(7);
    }
    unsetenv("PORTCULLIS_TEST_STOP");
    assert_true(pid > 0);
    assert_int_equal(waitpid(pid, &status, WUNTRACED), pid);
    assert_true(WIFSTOPPED(status));
    kill(pid, SIGCONT);
    assert_int_equal(waitpid(pid, &status, WUNTRACED), pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_hurry_waits_are_whole),
        cmocka_unit_test(a_hurry_divides_and_leaves_an_answer_its_time),
        cmocka_unit_test(a_process_stops_where_it_is_asked_to),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
