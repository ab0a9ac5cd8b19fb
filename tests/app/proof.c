/* What readings prove: each row is a course of answers, one letter or digit each, and the verdict.
 *
 *   id alone:   g  403 AB03   G  404 AB08   t  there, as before   u  there, changed since
 *               e  its row says cancelled   c  an old 403 AB03 from a cache   p  403 of a firewall
 *               x  403 AB05   5  502   -  no answer   k  401 AB05   T  there, from a cache
 *   by ids:     i  control shown, target absent   I  control and target   n  neither
 *               f  rows nobody asked for (of 400)   F  the same (of a million)   o  rights lost
 *               q  the control from a cache   Q  502   r  403 AB03
 *   whole list: l  complete with control   L  the target is in it   m  complete, no control
 *               h  not whole   O  rights lost
 *   control:    a  another key can be read   A  it cannot   C  an old answer
 *
 * The machine says when a wait is due: the driver here waits just so long. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "app/proof.h"
#include "base/clock.h"

#include "base/banned.h"

#define MILLION 1000000

static const struct letter {
    char letter;
    struct reading reading;
} LETTERS[] = {
    {'g', {READING_TARGET, .source = ERR_FROM_API, .status = 403, .code = "AB03"}},
    {'G', {READING_TARGET, .source = ERR_FROM_API, .status = 404, .code = "AB08"}},
    {'c', {READING_TARGET, .source = ERR_FROM_API, .status = 403, .code = "AB03", .cached = true}},
    {'p', {READING_TARGET, .source = ERR_FROM_BETWEEN, .status = 403}},
    {'P', {READING_TARGET, .source = ERR_FROM_BETWEEN, .status = 403, .code = "AB03"}},
    {'x', {READING_TARGET, .source = ERR_FROM_API, .status = 403, .code = "AB05"}},
    {'y', {READING_TARGET, .source = ERR_FROM_API, .status = 404}},
    {'5', {READING_TARGET, .source = ERR_FROM_API, .status = 502, .code = "AB04"}},
    {'-', {READING_TARGET, .source = ERR_FROM_NOBODY}},
    {'k', {READING_TARGET, .source = ERR_FROM_API, .status = 401, .code = "AB05"}},
    {'K', {READING_TARGET, .source = ERR_FROM_BETWEEN, .status = 401}},
    {'t',
     {READING_TARGET, .ok = true, .source = ERR_FROM_API, .status = 200, .target = SEEN_THERE,
      .as_before = true}},
    {'u',
     {READING_TARGET, .ok = true, .source = ERR_FROM_API, .status = 200, .target = SEEN_THERE}},
    {'T',
     {READING_TARGET, .ok = true, .source = ERR_FROM_API, .status = 200, .target = SEEN_THERE,
      .as_before = true, .cached = true}},
    {'e',
     {READING_TARGET, .ok = true, .source = ERR_FROM_API, .status = 200, .target = SEEN_ENDED}},
    {'E',
     {READING_TARGET, .ok = true, .source = ERR_FROM_API, .status = 200, .target = SEEN_ENDED,
      .cached = true}},
    {'i',
     {READING_IDS, .ok = true, .source = ERR_FROM_API, .status = 200, .target = SEEN_ABSENT,
      .control = CONTROL_SHOWN}},
    {'I',
     {READING_IDS, .ok = true, .source = ERR_FROM_API, .status = 200, .target = SEEN_THERE,
      .control = CONTROL_SHOWN}},
    {'n', {READING_IDS, .ok = true, .source = ERR_FROM_API, .status = 200, .target = SEEN_ABSENT}},
    {'o',
     {READING_IDS, .ok = true, .source = ERR_FROM_API, .status = 200, .target = SEEN_ABSENT,
      .control = CONTROL_LOST}},
    {'f',
     {READING_IDS, .ok = true, .source = ERR_FROM_API, .status = 200, .target = SEEN_ABSENT,
      .control = CONTROL_SHOWN, .others = true, .total = 400}},
    {'F',
     {READING_IDS, .ok = true, .source = ERR_FROM_API, .status = 200, .target = SEEN_ABSENT,
      .control = CONTROL_SHOWN, .others = true, .total = MILLION}},
    {'q',
     {READING_IDS, .ok = true, .source = ERR_FROM_API, .status = 200, .target = SEEN_ABSENT,
      .control = CONTROL_SHOWN, .cached = true}},
    {'Q', {READING_IDS, .source = ERR_FROM_BETWEEN, .status = 502}},
    {'r', {READING_IDS, .source = ERR_FROM_API, .status = 403, .code = "AB03"}},
    {'l',
     {READING_LIST, .ok = true, .source = ERR_FROM_API, .status = 200, .target = SEEN_ABSENT,
      .control = CONTROL_SHOWN, .whole = true}},
    {'L',
     {READING_LIST, .ok = true, .source = ERR_FROM_API, .status = 200, .target = SEEN_THERE,
      .control = CONTROL_SHOWN, .whole = true}},
    {'m',
     {READING_LIST, .ok = true, .source = ERR_FROM_API, .status = 200, .target = SEEN_ABSENT,
      .whole = true}},
    {'h',
     {READING_LIST, .ok = true, .source = ERR_FROM_API, .status = 200, .target = SEEN_ABSENT,
      .control = CONTROL_SHOWN}},
    {'O',
     {READING_LIST, .ok = true, .source = ERR_FROM_API, .status = 200, .target = SEEN_ABSENT,
      .control = CONTROL_LOST, .whole = true}},
    {'a',
     {READING_CONTROL, .ok = true, .source = ERR_FROM_API, .status = 200,
      .control = CONTROL_SHOWN}},
    {'A', {READING_CONTROL, .source = ERR_FROM_API, .status = 403, .code = "AB03"}},
    {'C',
     {READING_CONTROL, .ok = true, .source = ERR_FROM_API, .status = 200, .control = CONTROL_SHOWN,
      .cached = true}},
};

static struct reading reading_of(char letter)
{
    for (size_t i = 0; i < sizeof(LETTERS) / sizeof(LETTERS[0]); i++) {
        if (LETTERS[i].letter == letter) {
            return LETTERS[i].reading;
        }
    }
    fail_msg("no reading is called %c", letter);
    return (struct reading){0};
}

enum { ACCEPTED = 1, YOUNG = 2, NO = 4, NARROW = 8, NO_IDS = 16, ALONE = 32, CONSOLE = 64 };

static struct proof_delete delete_of(int flags)
{
    return (struct proof_delete){
        .accepted = (flags & ACCEPTED) != 0,
        .young = (flags & YOUNG) != 0,
        .refusal = (flags & NO) != 0,
        .narrow = (flags & NARROW) != 0,
        .ids = (flags & NO_IDS) == 0,
        .another = (flags & ALONE) != 0,
        .list_max = (flags & CONSOLE) != 0 ? -1 : 500,
        .total = -1,
        .gap_ms = PROOF_GAP_MS,
    };
}

struct course {
    int flags;
    const char *answers;
    enum proof_state state;
    long seconds;         /* that it takes */
    const char *readings; /* the two that prove it, "" none */
};

#define ROWS_MAX 32

/* Answers what is asked for with the next letter; fails when another thing is asked for, when it
 * ends early, or when it goes on. */
static struct proof drive(const struct course *course, struct reading *readings, size_t *count,
                          long *waited)
{
    struct proof_delete what = delete_of(course->flags);
    int64_t now = 5000;
    struct proof proof = proof_of_delete(&what, readings, 0);

    *count = 0;
    *waited = 0;
    for (const char *at = course->answers; *at != '\0'; at++) {
        if (proof.state != PROOF_GOES_ON) {
            fail_msg("\"%s\" ends with %d before %s", course->answers, proof.state, at);
        }
        now += proof.wait_ms + 1;
        *waited += (long)proof.wait_ms / 1000;
        readings[*count] = reading_of(*at);
        readings[*count].at = now;
        if (readings[*count].of != proof.next) {
            fail_msg("\"%s\" wants %d at %s", course->answers, proof.next, at);
        }
        ++*count;
        proof = proof_of_delete(&what, readings, *count);
    }
    if (proof.state == PROOF_GOES_ON) {
        fail_msg("\"%s\" goes on", course->answers);
    }
    return proof;
}

static void check(const struct course *course)
{
    struct reading readings[ROWS_MAX] = {0};
    size_t count, letters = 0;
    long waited;
    struct proof proof = drive(course, readings, &count, &waited);
    char named[3] = "";

    if (proof.first != NULL) {
        named[letters++] = course->answers[proof.first - readings];
    }
    if (proof.second != NULL) {
        named[letters] = course->answers[proof.second - readings];
    }
    if (proof.state != course->state || waited != course->seconds ||
        strcmp(named, course->readings) != 0) {
        fail_msg("\"%s\" with %d: state %d after %ld s by \"%s\"", course->answers, course->flags,
                 proof.state, waited, named);
    }
}

static void check_all(const struct course *courses, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        check(&courses[i]);
    }
}

#define CHECK(courses) check_all(courses, sizeof(courses) / sizeof((courses)[0]))

static void an_accepted_delete_needs_the_id_and_a_list_at_once(void **state)
{
    static const struct course COURSES[] = {
        {ACCEPTED, "gi", PROOF_GONE, 0, "gi"},
        {ACCEPTED, "Gi", PROOF_GONE, 0, "Gi"},
        {ACCEPTED | NARROW, "gi", PROOF_GONE, 0, "gi"},
        {ACCEPTED, "gfl", PROOF_GONE, 0, "gl"},
        {ACCEPTED | CONSOLE | NO_IDS, "gl", PROOF_GONE, 0, "gl"},
        {ACCEPTED, "e", PROOF_GONE, 0, "e"},
    };

    (void)state;
    CHECK(COURSES);
}

static void a_young_key_needs_the_wait_all_the_same(void **state)
{
    static const struct course COURSES[] = {
        {ACCEPTED | YOUNG, "gig", PROOF_GONE, 10, "gi"},
        {ACCEPTED | YOUNG, "gflG", PROOF_GONE, 10, "gl"},
        {YOUNG, "gig", PROOF_GONE, 10, "gi"},
    };

    (void)state;
    CHECK(COURSES);
}

static void a_lost_delete_needs_the_id_twice_and_a_list_between(void **state)
{
    static const struct course COURSES[] = {
        {0, "gig", PROOF_GONE, 10, "gi"},
        {0, "GiG", PROOF_GONE, 10, "Gi"},
        {0, "gflg", PROOF_GONE, 10, "gl"},
        {CONSOLE | NO_IDS, "glg", PROOF_GONE, 10, "gl"},
        {0, "tgig", PROOF_GONE, 20, "gi"}, /* it came late */
        {NO, "gig", PROOF_GONE, 10, "gi"}, /* a no, and gone: another was faster, or an echo */
        {0, "gie", PROOF_GONE, 10, "e"},   /* its own row says so */
        {NARROW, "gig", PROOF_OUT_OF_REACH, 10, "gi"},
    };

    (void)state;
    CHECK(COURSES);
}

static void a_page_a_cache_and_silence_are_never_gone(void **state)
{
    static const struct course COURSES[] = {
        {ACCEPTED, "ppp", PROOF_NOT_KNOWN, 20, "p"}, {0, "ppp", PROOF_NOT_KNOWN, 20, "p"},
        {ACCEPTED, "PPP", PROOF_NOT_KNOWN, 20, "P"}, {ACCEPTED, "ccc", PROOF_NOT_KNOWN, 20, "c"},
        {ACCEPTED, "xxx", PROOF_NOT_KNOWN, 20, "x"}, {ACCEPTED, "yyy", PROOF_NOT_KNOWN, 20, "y"},
        {ACCEPTED, "555", PROOF_NOT_KNOWN, 20, "5"}, {ACCEPTED, "---", PROOF_NOT_KNOWN, 20, "-"},
        {ACCEPTED, "TTT", PROOF_NOT_KNOWN, 20, "T"}, {ACCEPTED, "EEE", PROOF_NOT_KNOWN, 20, "E"},
        {ACCEPTED, "KKK", PROOF_NOT_KNOWN, 20, "K"}, {ACCEPTED, "k", PROOF_NOT_KNOWN, 0, "k"},
        {0, "gipgipgip", PROOF_NOT_KNOWN, 50, "p"},  {0, "gi-gig", PROOF_GONE, 30, "gi"},
        {ACCEPTED, "p5gi", PROOF_GONE, 20, "gi"},
    };

    (void)state;
    CHECK(COURSES);
}

static void a_control_that_shows_the_target_or_lost_rights_is_none(void **state)
{
    static const struct course COURSES[] = {
        {ACCEPTED, "gIgIgI", PROOF_NOT_KNOWN, 20, "gI"},
        {ACCEPTED, "gIgi", PROOF_GONE, 10, "gi"}, /* the list lagged */
        {ACCEPTED, "gogogo", PROOF_NOT_KNOWN, 20, "go"},
        {0, "gogogo", PROOF_NOT_KNOWN, 50, "go"},
        {0, "gIgIgI", PROOF_NOT_KNOWN, 50, "gI"},
        {ACCEPTED, "gfLgLgL", PROOF_NOT_KNOWN, 20, "gL"},
        {ACCEPTED, "gfOgOgO", PROOF_NOT_KNOWN, 20, "gO"},
    };

    (void)state;
    CHECK(COURSES);
}

static void nothing_to_compare_with_is_accepted_at_most(void **state)
{
    static const struct course COURSES[] = {
        {ACCEPTED | NO_IDS, "gg", PROOF_ACCEPTED, 10, "gg"},
        {ACCEPTED, "gnng", PROOF_ACCEPTED, 10, "gg"},
        {ACCEPTED, "grrg", PROOF_ACCEPTED, 10, "gg"},
        {ACCEPTED, "gFg", PROOF_ACCEPTED, 10, "gg"}, /* too long to be read by a command */
        {ACCEPTED, "gfhhg", PROOF_ACCEPTED, 10, "gg"},
        {ACCEPTED, "gfmmg", PROOF_ACCEPTED, 10, "gg"},
        {0, "gn", PROOF_NOT_KNOWN, 10, "gn"},
        {0, "gF", PROOF_NOT_KNOWN, 10, "gF"},
        {0, "gfh", PROOF_NOT_KNOWN, 10, "gh"},
        {0, "gfm", PROOF_NOT_KNOWN, 10, "gm"},
        {NO_IDS, "g", PROOF_NOT_KNOWN, 0, "g"},
    };

    (void)state;
    CHECK(COURSES);
}

static void another_key_alone_counts_with_the_200_only(void **state)
{
    static const struct course COURSES[] = {
        {ACCEPTED | NO_IDS | ALONE, "gaag", PROOF_GONE, 10, "ga"},
        {ACCEPTED | ALONE, "gFaag", PROOF_GONE, 10, "ga"},
        {ACCEPTED | YOUNG | NO_IDS | ALONE, "gag", PROOF_GONE, 10, "ga"},
        {ACCEPTED | NO_IDS | ALONE, "gAgAgA", PROOF_NOT_KNOWN, 20, "gA"},
        {ACCEPTED | NO_IDS | ALONE, "gCgCgC", PROOF_NOT_KNOWN, 20, "gC"},
        {NO_IDS | ALONE, "g", PROOF_NOT_KNOWN, 0, "g"},
        {ALONE, "gF", PROOF_NOT_KNOWN, 10, "gF"},
    };

    (void)state;
    CHECK(COURSES);
}

static void a_control_that_failed_is_tried_again(void **state)
{
    static const struct course COURSES[] = {
        {0, "gQgig", PROOF_GONE, 30, "gi"},
        {0, "gqgig", PROOF_GONE, 30, "gi"},
        {0, "gr", PROOF_NOT_KNOWN, 10, "gr"}, /* the API's own no comes again */
        {ACCEPTED, "gQQggi", PROOF_GONE, 20, "gi"},
        {ACCEPTED, "gQQggQQggQQg", PROOF_ACCEPTED, 50, "gg"},
    };

    (void)state;
    CHECK(COURSES);
}

static void still_readable_still_works(void **state)
{
    static const struct course COURSES[] = {
        {0, "ttt", PROOF_STILL_THERE, 20, "tt"},
        {0, "uuu", PROOF_STILL_THERE, 20, "uu"},
        {0, "ppt", PROOF_STILL_THERE, 20, "t"},
        {0, "ttp", PROOF_NOT_KNOWN, 20, "p"},
        {ACCEPTED, "tgi", PROOF_GONE, 10, "gi"},   /* reads lag */
        {ACCEPTED, "ttgig", PROOF_GONE, 30, "gi"}, /* shown twice: the 200 is void */
        {ACCEPTED, "ttt", PROOF_STILL_THERE, 20, "tt"},
        {ACCEPTED | NO_IDS, "gttt", PROOF_STILL_THERE, 30, "tt"},
        {ACCEPTED | NO_IDS, "ttg", PROOF_NOT_KNOWN, 20, "g"},
    };

    (void)state;
    CHECK(COURSES);
}

static void refused_needs_two_looks_apart(void **state)
{
    static const struct course COURSES[] = {
        {NO, "tt", PROOF_REFUSED, 10, "tt"},      {NO, "tpt", PROOF_REFUSED, 20, "tt"},
        {NO, "tuu", PROOF_STILL_THERE, 20, "tu"}, /* somebody changed it: look again */
        {NO, "uuu", PROOF_STILL_THERE, 20, "uu"}, {NO, "ppp", PROOF_NOT_KNOWN, 20, "p"},
        {NO, "TTT", PROOF_NOT_KNOWN, 20, "T"},    {NO, "k", PROOF_NOT_KNOWN, 0, "k"},
    };

    (void)state;
    CHECK(COURSES);
}

static void the_200_is_void_after_two_looks(void **state)
{
    const struct proof_delete what = delete_of(ACCEPTED);
    struct reading readings[2] = {reading_of('t'), reading_of('t')};

    (void)state;
    assert_true(proof_of_delete(&what, readings, 1).accepted);
    readings[1].at = PROOF_GAP_MS - 1;
    assert_true(proof_of_delete(&what, readings, 2).accepted);
    readings[1].at = PROOF_GAP_MS;
    assert_false(proof_of_delete(&what, readings, 2).accepted);
}

/* Readings that lie closer together than reads lag prove nothing, whoever made them. */
static void a_wait_that_was_not_kept_proves_nothing(void **state)
{
    const struct proof_delete what = delete_of(0);
    struct reading readings[3] = {reading_of('g'), reading_of('i'), reading_of('g')};

    (void)state;
    readings[1].at = readings[2].at = PROOF_GAP_MS;
    assert_int_equal(proof_of_delete(&what, readings, 3).state, PROOF_GONE);
    readings[1].at = PROOF_GAP_MS - 1;
    assert_int_not_equal(proof_of_delete(&what, readings, 3).state, PROOF_GONE);
}

static void when_time_is_up_only_what_was_seen_is_said(void **state)
{
    static const struct {
        int flags;
        const char *answers;
        enum proof_state state;
    } ROWS[] = {
        {ACCEPTED, "", PROOF_NOT_KNOWN}, {ACCEPTED, "g", PROOF_NOT_KNOWN},
        {0, "gi", PROOF_NOT_KNOWN},      {0, "t", PROOF_STILL_THERE},
        {0, "tg", PROOF_NOT_KNOWN},      {0, "tgi", PROOF_NOT_KNOWN},
        {NO, "t", PROOF_STILL_THERE},    {ACCEPTED, "gi", PROOF_GONE},
        {0, "p", PROOF_NOT_KNOWN},       {0, "tp", PROOF_NOT_KNOWN},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(ROWS) / sizeof(ROWS[0]); i++) {
        const struct proof_delete what = delete_of(ROWS[i].flags);
        struct reading readings[ROWS_MAX];
        size_t count = strlen(ROWS[i].answers);

        for (size_t k = 0; k < count; k++) {
            readings[k] = reading_of(ROWS[i].answers[k]);
            readings[k].at = (int64_t)k * PROOF_GAP_MS;
        }
        if (proof_of_delete_now(&what, readings, count).state != ROWS[i].state) {
            fail_msg("\"%s\" with %d", ROWS[i].answers, ROWS[i].flags);
        }
    }
}

/* -- every course of answers up to a length -- */

#define DEPTH 6

static size_t ends_seen[PROOF_NOT_KNOWN + 1];

static bool is_silent(const struct reading *reading)
{
    return reading->of == READING_TARGET && proof_answers_no_more(reading);
}

static bool is_fresh_there(const struct reading *reading)
{
    return reading->of == READING_TARGET && reading->ok && !reading->cached &&
           reading->source == ERR_FROM_API && reading->target == SEEN_THERE;
}

static void gone_is_well_founded(const struct proof_delete *what, const struct proof *proof,
                                 const struct reading *last)
{
    bool at_once = what->accepted && proof->accepted && !what->young;

    if (proof->second == NULL) {
        assert_int_equal(proof->first->target, SEEN_ENDED);
        assert_false(proof->first->cached);
        return;
    }
    assert_true(is_silent(proof->first));
    assert_true(proof->second->ok && !proof->second->cached);
    assert_int_equal(proof->second->control, CONTROL_SHOWN);
    assert_int_not_equal(proof->second->target, SEEN_THERE);
    assert_false(proof->second->others);
    if (proof->second->of == READING_CONTROL) {
        assert_true(proof->accepted);
    } else if (proof->second->of == READING_LIST) {
        assert_true(proof->second->whole);
    }
    if (!at_once || proof->second->of == READING_CONTROL) {
        assert_true(proof->second->at - proof->first->at >= what->gap_ms);
        assert_true(is_silent(last));
    }
    assert_false(what->narrow && !proof->accepted);
}

static void is_well_founded(const struct proof_delete *what, const struct proof *proof,
                            const struct reading *last)
{
    ends_seen[proof->state]++;
    switch (proof->state) {
    case PROOF_GONE:
        gone_is_well_founded(what, proof, last);
        break;
    case PROOF_REFUSED:
        assert_true(what->refusal);
        assert_true(is_fresh_there(proof->first) && is_fresh_there(proof->second));
        assert_true(proof->first->as_before && proof->second->as_before);
        assert_true(proof->second->at - proof->first->at >= what->gap_ms);
        break;
    case PROOF_STILL_THERE:
        assert_true(is_fresh_there(last));
        break;
    case PROOF_ACCEPTED:
        assert_true(what->accepted && proof->accepted);
        assert_true(is_silent(proof->first) && is_silent(last));
        break;
    case PROOF_OUT_OF_REACH:
        assert_true(what->narrow && !proof->accepted);
        break;
    default:
        break;
    }
}

static void try_all(const struct proof_delete *what, struct reading *readings, size_t count)
{
    struct proof proof = proof_of_delete(what, readings, count);

    assert_true(count > 0 || proof.state == PROOF_GOES_ON);
    if (count > 0 && proof.state != PROOF_GOES_ON) {
        is_well_founded(what, &proof, &readings[count - 1]);
        return;
    }
    if (count > 0) {
        struct proof now = proof_of_delete_now(what, readings, count);

        assert_int_not_equal(now.state, PROOF_GOES_ON);
        assert_int_not_equal(now.state, PROOF_GONE);
        assert_int_not_equal(now.state, PROOF_REFUSED);
    }
    for (size_t i = 0; i < sizeof(LETTERS) / sizeof(LETTERS[0]) && count < DEPTH; i++) {
        if (LETTERS[i].reading.of == proof.next) {
            readings[count] = LETTERS[i].reading;
            readings[count].at = (count == 0 ? 0 : readings[count - 1].at) + proof.wait_ms + 1;
            try_all(what, readings, count + 1);
        }
    }
}

static void every_course_ends_with_what_it_showed(void **state)
{
    static const int FLAGS[] = {0,      ACCEPTED,          ACCEPTED | YOUNG, NO,
                                NARROW, ACCEPTED | NARROW, ACCEPTED | ALONE};
    struct reading readings[DEPTH];

    (void)state;
    for (size_t i = 0; i < sizeof(FLAGS) / sizeof(FLAGS[0]); i++) {
        const struct proof_delete what = delete_of(FLAGS[i]);

        try_all(&what, readings, 0);
    }
    for (int end = PROOF_GONE; end <= PROOF_NOT_KNOWN; end++) {
        assert_true(ends_seen[end] > 0);
    }
}

/* -- a no -- */

static void a_no_is_the_apis_own_before_it_works(void **state)
{
    static const struct {
        enum err_source source;
        int status;
        const char *code;
        bool no, before_making;
    } ROWS[] = {
        {ERR_FROM_API, 400, "AB01", true, true},       {ERR_FROM_API, 401, "AB05", true, true},
        {ERR_FROM_API, 403, "AB03", true, false},      {ERR_FROM_API, 404, "AB08", true, false},
        {ERR_FROM_API, 409, "AB07", true, false},      {ERR_FROM_API, 402, "AB02", true, false},
        {ERR_FROM_API, 400, "AB09", true, true},       {ERR_FROM_API, 400, "", true, false},
        {ERR_FROM_API, 429, "AB06", true, false},      {ERR_FROM_API, 429, "", false, false},
        {ERR_FROM_API, 403, "AB06", false, false},     {ERR_FROM_API, 400, "AB04", false, false},
        {ERR_FROM_API, 500, "AB04", false, false},     {ERR_FROM_API, 503, "", false, false},
        {ERR_FROM_API, 408, "", false, false},         {ERR_FROM_API, 200, "", false, false},
        {ERR_FROM_API, 302, "", false, false},         {ERR_FROM_API, 412, "AB01", false, false},
        {ERR_FROM_BETWEEN, 403, "AB03", false, false}, {ERR_FROM_BETWEEN, 404, "", false, false},
        {ERR_FROM_BETWEEN, 429, "AB06", false, false}, {ERR_FROM_BETWEEN, 499, "", false, false},
        {ERR_FROM_GATEWAY, 400, "", false, false},     {ERR_FROM_GATEWAY, 401, "", false, false},
        {ERR_FROM_NOBODY, 0, "", false, false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(ROWS) / sizeof(ROWS[0]); i++) {
        if (proof_says_no(ROWS[i].source, ROWS[i].status, ROWS[i].code) != ROWS[i].no ||
            proof_says_no_before_making(ROWS[i].source, ROWS[i].status, ROWS[i].code) !=
                ROWS[i].before_making) {
            fail_msg("row %zu", i);
        }
    }
}

static void nothing_was_made_is_seen_in_a_list_that_shows_the_kind(void **state)
{
    struct reading nothing_new = reading_of('l'), something = reading_of('L');
    struct reading blind = reading_of('m'), old = reading_of('l');

    (void)state;
    old.cached = true;
    assert_int_equal(proof_of_making(ERR_FROM_API, 400, "AB01", NULL), MADE_NOTHING);
    assert_int_equal(proof_of_making(ERR_FROM_API, 400, "AB01", &something), MADE_SOMETHING);
    assert_int_equal(proof_of_making(ERR_FROM_API, 403, "AB03", NULL), MADE_NOT_KNOWN);
    assert_int_equal(proof_of_making(ERR_FROM_API, 403, "AB03", &nothing_new), MADE_NOTHING);
    assert_int_equal(proof_of_making(ERR_FROM_API, 403, "AB03", &something), MADE_SOMETHING);
    assert_int_equal(proof_of_making(ERR_FROM_API, 403, "AB03", &blind), MADE_NOT_KNOWN);
    assert_int_equal(proof_of_making(ERR_FROM_API, 403, "AB03", &old), MADE_NOT_KNOWN);
    assert_int_equal(proof_of_making(ERR_FROM_BETWEEN, 403, "", &nothing_new), MADE_NOT_KNOWN);
    assert_int_equal(proof_of_making(ERR_FROM_NOBODY, 0, "", &nothing_new), MADE_NOT_KNOWN);
}

static void unchanged_is_seen_twice_apart(void **state)
{
    struct reading readings[3] = {reading_of('t'), reading_of('t'), reading_of('t')};
    const struct reading *first = NULL, *second = NULL;

    (void)state;
    readings[1].at = PROOF_GAP_MS - 1;
    readings[2].at = PROOF_GAP_MS;
    assert_false(proof_unchanged(readings, 2, PROOF_GAP_MS, NULL, NULL));
    assert_true(proof_unchanged(readings, 3, PROOF_GAP_MS, &first, &second));
    assert_ptr_equal(first, &readings[0]);
    assert_ptr_equal(second, &readings[2]);
    readings[1] = reading_of('u');
    assert_false(proof_unchanged(readings, 3, PROOF_GAP_MS, NULL, NULL));
    readings[1] = reading_of('T');
    assert_true(proof_unchanged(readings, 3, PROOF_GAP_MS, NULL, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_accepted_delete_needs_the_id_and_a_list_at_once),
        cmocka_unit_test(a_young_key_needs_the_wait_all_the_same),
        cmocka_unit_test(a_lost_delete_needs_the_id_twice_and_a_list_between),
        cmocka_unit_test(a_page_a_cache_and_silence_are_never_gone),
        cmocka_unit_test(a_control_that_shows_the_target_or_lost_rights_is_none),
        cmocka_unit_test(nothing_to_compare_with_is_accepted_at_most),
        cmocka_unit_test(another_key_alone_counts_with_the_200_only),
        cmocka_unit_test(a_control_that_failed_is_tried_again),
        cmocka_unit_test(still_readable_still_works),
        cmocka_unit_test(refused_needs_two_looks_apart),
        cmocka_unit_test(the_200_is_void_after_two_looks),
        cmocka_unit_test(a_wait_that_was_not_kept_proves_nothing),
        cmocka_unit_test(when_time_is_up_only_what_was_seen_is_said),
        cmocka_unit_test(every_course_ends_with_what_it_showed),
        cmocka_unit_test(a_no_is_the_apis_own_before_it_works),
        cmocka_unit_test(nothing_was_made_is_seen_in_a_list_that_shows_the_kind),
        cmocka_unit_test(unchanged_is_seen_twice_apart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
