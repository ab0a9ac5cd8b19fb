/* What a test may ask of the programs through the environment: shorter waits, and a stop at a named
 * point, where it kills them. In a build without tests all of it is nothing. */
#ifndef PORTCULLIS_BASE_TESTING_H
#define PORTCULLIS_BASE_TESTING_H

#include <stdint.h>

#ifdef PORTCULLIS_TESTS

/* A wait or an age, divided by PORTCULLIS_TEST_HURRY where that is set; milliseconds. For what the
 * program lets pass by itself; never for a tolerance between two clocks. */
int64_t testing_ms(int64_t ms);
/* The same for the time that an answer is given: never below two seconds, for the machine that
 * works on it is as slow as ever. */
int64_t testing_deadline_ms(int64_t ms);
/* The same for all that a look may take: never below ten. Neither is divided where
 * PORTCULLIS_TEST_PATIENT is set, by a test whose server never stands still: there a time that is
 * over says only that the machine was busy. */
int64_t testing_limit_ms(int64_t ms);
/* Stops the process (SIGSTOP) when PORTCULLIS_TEST_STOP names this point, the first time that it is
 * passed. Who started it sees that with waitpid and WUNTRACED. */
void testing_stop(const char *point);

#else

static inline int64_t testing_ms(int64_t ms)
{
    return ms;
}

static inline int64_t testing_deadline_ms(int64_t ms)
{
    return ms;
}

static inline int64_t testing_limit_ms(int64_t ms)
{
    return ms;
}

static inline void testing_stop(const char *point)
{
    (void)point;
}

#endif

#endif
