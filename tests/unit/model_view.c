/* Which rows a view shows, in which order, and what it keeps while rows come, change and go: every
 * answer is compared with one that is made the long way. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "model/view.h"
#include "unit/model_org.h"

#include "base/banned.h"

static const struct org_size SMALL = {7, 20, 3000};

static struct field_context context(struct inventory *inv)
{
    return (struct field_context){.inv = inv, .now = ORG_NOW};
}

static void work(struct view *view, struct inventory *inv)
{
    struct field_context ctx = context(inv);
    while (!view_work(view, &ctx, 0)) {
    }
    assert_true(view_done(view));
}

struct order {
    struct field_context ctx;
    const struct field *field; /* NULL: as they are */
};

static int by_field(const void *a, const void *b, void *arg)
{
    const struct order *order = arg;
    uint32_t left = *(const uint32_t *)a;
    uint32_t right = *(const uint32_t *)b;
    int result = 0;
    if (order->field != NULL && order->field->rank != NULL) {
        uint64_t x = order->field->rank(&order->ctx, left);
        uint64_t y = order->field->rank(&order->ctx, right);
        result = x < y ? -1 : x > y;
    } else if (order->field != NULL) {
        struct buf x, y;
        buf_init(&x, 0);
        buf_init(&y, 0);
        order->field->text(&order->ctx, left, &x);
        order->field->text(&order->ctx, right, &y);
        result = text_casecmp(x.data, y.data);
        buf_done(&x);
        buf_done(&y);
    }
    return result != 0 ? result : left < right ? -1 : left > right;
}

/* The view must hold exactly the rows that match, sorted: as they stand, else by their letters. */
static void is_right(const struct view *view, struct inventory *inv, const char *filter_text)
{
    struct filter *filter = filter_parse(view_list(view), filter_text, NULL);
    size_t rows = field_rows(inv, view_list(view));
    size_t count;
    const struct field *fields = field_table(view_list(view), &count);
    struct order order = {context(inv), NULL};
    uint32_t *want = calloc(rows + 1, sizeof *want);
    size_t len = 0;
    if (view_sort_field(view) >= 0) {
        order.field = &fields[view_sort_field(view)];
    }
    enum filter_hit best = HIT_LETTERS;
    for (size_t i = 0; i < rows; i++) {
        enum filter_hit hit = org_filter_hit(filter, &order.ctx, i);
        if (hit > best) {
            best = hit;
            len = 0;
        }
        if (hit == best) {
            want[len++] = (uint32_t)i;
        }
    }
    assert_int_equal(view_by_letters(view), len > 0 && best == HIT_LETTERS);
    qsort_r(want, len, sizeof *want, by_field, &order);
    assert_int_equal(view_len(view), len);
    for (size_t i = 0; i < len; i++) {
        assert_int_equal(view_row(view, i), want[view_sort_descending(view) ? len - 1 - i : i]);
    }
    free(want);
    filter_free(filter);
}

static void every_field_sorts(void **state)
{
    (void)state;
    struct inventory *inv = org_new(SMALL, 1);
    inv->own_key = 5;
    for (int list = 0; list < LIST_COUNT; list++) {
        size_t count;
        field_table((enum list_kind)list, &count);
        for (int field = -1; field < (int)count; field++) {
            struct view *view = view_new((enum list_kind)list);
            view_set_sort(view, field, field % 2 == 0);
            work(view, inv);
            is_right(view, inv, "");
            view_free(view);
        }
    }
    inventory_free(inv);
}

static uint64_t next(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* Names that a sort by parts of eight bytes could get wrong: the same for long, ending at such a
 * part, only their case different, empty, outside ASCII at every place, and many that are equal. */
static void name_oddly(char *out, size_t size, uint64_t *state)
{
    static const char *const PARTS[] = {
        "",          "abcdefgh", "ABCDEFGH",     "abcdefg", "\xf0\x9f\x91\xa9\xf0\x9f\x8f\xbd", "Ä",
        "ä",         "花子",     "\xe2\x84\xaa", "k",       "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz", "~",
        "é\xcc\x81", "0",        "a b",
    };
    size_t parts = next(state) % 4;
    size_t len = 0;
    out[0] = '\0';
    for (size_t i = 0; i < parts && len < size; i++) {
        const char *part = PARTS[next(state) % (sizeof PARTS / sizeof *PARTS)];
        len += (size_t)snprintf(out + len, size - len, "%s", part);
    }
}

static struct inventory *odd_org(unsigned keys, uint64_t seed)
{
    struct org_size nobody = {3, 3, 0};
    struct inventory *inv = org_new(nobody, seed);
    for (unsigned i = 1; i <= keys; i++) {
        char name[160] = "the same start of more than three words of eight bytes ";
        size_t start = next(&seed) % 3 == 0 ? strlen(name) : 0;
        name_oddly(name + start, sizeof name - start, &seed);
        struct key_row key = org_key(inv, i, name, "", (unsigned)(next(&seed) % 4), 0);
        key.created_at = next(&seed) % 5 == 0 ? TIME_NONE : (int64_t)(next(&seed) >> 20);
        inventory_add_key(inv, &key);
    }
    org_complete(inv, LIST_KEYS);
    return inv;
}

static void odd_texts_sort(void **state)
{
    (void)state;
    static const char *const FIELDS[] = {"name", "created", "workspace", "description"};
    static const unsigned SIZES[] = {1, 2, 512, 513, 2500};
    for (size_t size = 0; size < sizeof SIZES / sizeof *SIZES; size++) {
        struct inventory *inv = odd_org(SIZES[size], 20 + size);
        struct view *view = view_new(LIST_KEYS);
        for (size_t i = 0; i < sizeof FIELDS / sizeof *FIELDS; i++) {
            view_set_sort(view, field_find(LIST_KEYS, FIELDS[i]), i % 2 == 1);
            work(view, inv);
            is_right(view, inv, "");
        }
        view_free(view);
        inventory_free(inv);
    }
}

/* While it is sorted, every row is shown once, in the order of the list. */
static void a_sort_shows_what_is_there(void **state)
{
    (void)state;
    struct inventory *inv = org_new(SMALL, 13);
    struct view *view = view_new(LIST_KEYS);
    struct field_context ctx = context(inv);
    work(view, inv);
    view_set_sort(view, field_find(LIST_KEYS, "name"), false);
    for (int turn = 0; !view_work(view, &ctx, 0); turn++) {
        for (size_t i = 0; i < view_len(view) && turn % 3 == 0; i++) {
            assert_int_equal(view_row(view, i), i);
        }
    }
    is_right(view, inv, "");
    view_free(view);
    inventory_free(inv);
}

/* Another sort, filter or narrowing in the middle of one leaves nothing of it behind. */
static void a_sort_is_left_for_another(void **state)
{
    (void)state;
    struct inventory *inv = odd_org(2000, 31);
    struct view *view = view_new(LIST_KEYS);
    struct field_context ctx = context(inv);
    for (int steps = 0; steps < 22; steps++) {
        view_set_sort(view, field_find(LIST_KEYS, steps % 2 == 0 ? "name" : "created"), false);
        assert_true(view_set_filter(view, steps % 3 == 0 ? "" : "a", NULL));
        for (int i = 0; i < steps; i++) {
            view_work(view, &ctx, 0);
        }
    }
    work(view, inv);
    is_right(view, inv, "");
    view_free(view);
    inventory_free(inv);
}

static void filters_and_narrowing(void **state)
{
    (void)state;
    static const char *const TYPED[] = {
        "r",
        "ru",
        "run",
        "run 1",
        "run 12",
        "run 1",
        "!run",
        "!run b",
        "own",
        "rnr",
        "rnr 1",
        "runner",
        "runnr",
        "runnrz",
        "status:ex",
        "status:ex ba",
        "owner:ann",
        "owner:=svc",
        "workspace:pay x",
        "",
        "rés",
        "花",
        "中村 é",
        "expired",
        "svc",
        "xx\"",
        "\"a b\"",
        "id:0",
    };
    struct inventory *inv = org_new(SMALL, 2);
    struct view *view = view_new(LIST_KEYS);
    view_set_sort(view, field_find(LIST_KEYS, "name"), false);
    for (size_t i = 0; i < sizeof TYPED / sizeof *TYPED; i++) {
        assert_true(view_set_filter(view, TYPED[i], NULL));
        assert_string_equal(view_filter_text(view), TYPED[i]);
        work(view, inv);
        is_right(view, inv, TYPED[i]);
    }
    view_free(view);
    inventory_free(inv);
}

/* Typed faster than it is looked at: what was under way is not lost. */
static void typing_ahead(void **state)
{
    (void)state;
    struct inventory *inv = org_new(SMALL, 3);
    struct view *view = view_new(LIST_KEYS);
    struct field_context ctx = context(inv);
    work(view, inv);
    for (int slices = 0; slices < 5; slices++) {
        char typed[] = "runner";
        for (size_t len = 1; len < sizeof typed; len++) {
            char part[sizeof typed];
            snprintf(part, sizeof part, "%.*s", (int)len, typed);
            assert_true(view_set_filter(view, part, NULL));
            for (int i = 0; i < slices; i++) {
                view_work(view, &ctx, 0);
            }
        }
        work(view, inv);
        is_right(view, inv, "runner");
        assert_true(view_set_filter(view, "", NULL));
        work(view, inv);
        is_right(view, inv, "");
    }
    view_free(view);
    inventory_free(inv);
}

static void a_bad_filter_lets_nothing_through(void **state)
{
    (void)state;
    struct inventory *inv = org_new(SMALL, 4);
    struct view *view = view_new(LIST_KEYS);
    struct err err = {0};
    assert_true(view_set_filter(view, "run", &err));
    work(view, inv);
    assert_null(view_filter_error(view));
    assert_true(view_len(view) > 0);
    assert_false(view_set_filter(view, "run color:red", &err));
    assert_int_equal(err.kind, ERR_INVALID);
    assert_string_equal(view_filter_text(view), "run color:red");
    assert_string_equal(view_filter_error(view), err.text);
    work(view, inv);
    assert_int_equal(view_len(view), 0);
    assert_true(view_set_filter(view, "run", &err));
    assert_null(view_filter_error(view));
    work(view, inv);
    is_right(view, inv, "run");
    view_free(view);
    inventory_free(inv);
}

/* Rows that only have the letters are shown as long as no row has the word: one that comes later
 * takes their place. When it is gone they stay away, whatever else happens: somebody may be about
 * to revoke what stands under the cursor. They are back when another filter is typed. */
static void a_word_as_it_stands_comes_first(void **state)
{
    (void)state;
    for (int field = -1; field < 2; field++) {
        struct inventory *inv = org_new(SMALL, 5);
        struct view *view = view_new(LIST_KEYS);
        inv->lists[LIST_KEYS].progress = PROGRESS_LOADING;
        view_set_sort(view, field, false);
        assert_true(view_set_filter(view, "rnnr", NULL));
        work(view, inv);
        is_right(view, inv, "rnnr");
        assert_true(view_by_letters(view));
        struct key_row key = org_key(inv, 9999, "last-but-one", "aa*****RnNr", 1, 0);
        inventory_add_key(inv, &key);
        work(view, inv);
        assert_false(view_by_letters(view));
        assert_int_equal(view_len(view), 1);
        is_right(view, inv, "rnnr");
        inv->lists[LIST_KEYS].progress = PROGRESS_COMPLETE;
        inv->generation++;
        work(view, inv);
        is_right(view, inv, "rnnr");
        assert_false(view_lost_all(view));
        assert_true(inventory_remove_key(inv, key.id));
        work(view, inv);
        assert_int_equal(view_len(view), 0);
        assert_true(view_lost_all(view));
        inventory_free(inv); /* as a refresh does */
        inv = org_new(SMALL, 5);
        view_set_sort(view, 1 - field, false);
        work(view, inv);
        assert_int_equal(view_len(view), 0);
        assert_true(view_set_filter(view, "rnnr-", NULL));
        work(view, inv);
        is_right(view, inv, "rnnr-");
        assert_true(view_by_letters(view));
        view_free(view);
        inventory_free(inv);
    }
}

/* The same where it was found by the last letter of several. */
static void what_a_longer_word_found_goes(void **state)
{
    (void)state;
    struct inventory *inv = org_new(SMALL, 5);
    struct view *view = view_new(LIST_KEYS);
    struct key_row key = org_key(inv, 9999, "rnnot", "aa*****RnNr", 1, 0);
    inventory_add_key(inv, &key);
    assert_true(view_set_filter(view, "rnn", NULL));
    work(view, inv);
    assert_true(view_set_filter(view, "rnnr", NULL));
    work(view, inv);
    assert_int_equal(view_len(view), 1);
    assert_true(inventory_remove_key(inv, key.id));
    work(view, inv);
    assert_int_equal(view_len(view), 0);
    assert_true(view_lost_all(view));
    view_free(view);
    inventory_free(inv);
}

static void rows_come_while_shown(void **state)
{
    (void)state;
    for (int field = -1; field < 3; field++) {
        struct inventory *inv = org_new(SMALL, 5);
        struct view *view = view_new(LIST_KEYS);
        struct field_context ctx = context(inv);
        inv->lists[LIST_KEYS].progress = PROGRESS_LOADING;
        view_set_sort(view, field, false);
        assert_true(view_set_filter(view, "e", NULL));
        unsigned next = SMALL.keys + 1;
        size_t before = 0;
        for (int page = 0; page < 60; page++) {
            org_add_keys(inv, SMALL, next, 100, 5);
            next += 100;
            view_work(view, &ctx, 50);
            if (page % 7 == 0) {
                work(view, inv);
                assert_true(view_len(view) >= before);
                before = view_len(view);
            }
        }
        inv->lists[LIST_KEYS].progress = PROGRESS_COMPLETE;
        inv->generation++;
        work(view, inv);
        is_right(view, inv, "e");
        view_free(view);
        inventory_free(inv);
    }
}

/* Rows kept aside while a list grows are there after the filter has narrowed. */
static void narrowing_while_rows_come(void **state)
{
    (void)state;
    struct org_size size = {7, 20, 9000};
    struct inventory *inv = org_new(size, 6);
    struct view *view = view_new(LIST_KEYS);
    view_set_sort(view, field_find(LIST_KEYS, "name"), false);
    inv->lists[LIST_KEYS].progress = PROGRESS_LOADING;
    assert_true(view_set_filter(view, "e", NULL));
    work(view, inv);
    org_add_keys(inv, size, size.keys + 1, 100, 6);
    work(view, inv);
    assert_true(view_set_filter(view, "er", NULL));
    work(view, inv);
    is_right(view, inv, "er");
    view_free(view);
    inventory_free(inv);
}

static void what_is_shown_stays_while_facts_change(void **state)
{
    (void)state;
    struct inventory *inv = org_new(SMALL, 7);
    struct view *view = view_new(LIST_KEYS);
    struct field_context ctx = context(inv);
    int name = field_find(LIST_KEYS, "name");
    view_set_sort(view, name, false);
    work(view, inv);
    for (size_t i = 0; i < 1550; i += 31) {
        struct key_row key = inv->keys[i];
        key.name = org_text(inv, i % 2 == 0 ? "aaa" : "zzz");
        assert_false(inventory_add_key(inv, &key));
    }
    do {
        assert_int_equal(view_len(view), SMALL.keys);
    } while (!view_work(view, &ctx, 0));
    is_right(view, inv, "");
    view_free(view);
    inventory_free(inv);
}

static void a_row_that_goes(void **state)
{
    (void)state;
    for (int moment = 0; moment < 40; moment += 3) {
        struct inventory *inv = org_new(SMALL, 8);
        struct view *view = view_new(LIST_KEYS);
        struct field_context ctx = context(inv);
        view_set_sort(view, moment % 2 == 0 ? -1 : field_find(LIST_KEYS, "name"), false);
        for (int i = 0; i < moment; i++) {
            view_work(view, &ctx, 0);
        }
        bool whole = moment == 36 || moment == 39;
        if (whole) {
            work(view, inv);
        }
        assert_true(inventory_remove_key(inv, inv->keys[1234].id));
        view_work(view, &ctx, 0);
        if (whole) {
            assert_int_equal(view_len(view), SMALL.keys - 1);
        }
        for (size_t i = 0; i < view_len(view); i++) {
            assert_true(view_row(view, i) < inv->key_count);
        }
        if (moment % 4 == 0) {
            assert_true(inventory_remove_key(inv, inv->keys[0].id));
            assert_true(inventory_remove_key(inv, inv->keys[1].id));
        }
        work(view, inv);
        is_right(view, inv, "");
        assert_int_equal(view_scope_total(view), inv->key_count);
        view_free(view);
        inventory_free(inv);
    }
}

static void another_inventory(void **state)
{
    (void)state;
    struct inventory *first = org_new(SMALL, 9);
    struct view *view = view_new(LIST_KEYS);
    struct org_size fewer = {7, 20, 1000};
    assert_true(view_set_filter(view, "run", NULL));
    work(view, first);
    inventory_free(first);
    struct inventory *second = org_new(fewer, 10);
    work(view, second);
    is_right(view, second, "run");
    view_free(view);
    inventory_free(second);
}

static void a_scope_holds_its_own(void **state)
{
    (void)state;
    struct inventory *inv = org_new(SMALL, 11);
    struct view_scope scope = {.by_workspace = true, .workspace = inv->workspaces[2].id};
    for (int list = LIST_USERS; list < LIST_COUNT; list++) {
        struct view *view = view_new((enum list_kind)list);
        view_set_scope(view, &scope);
        work(view, inv);
        size_t want = 0;
        for (size_t i = 0; i < field_rows(inv, (enum list_kind)list); i++) {
            want += list == LIST_KEYS ? id_equal(inv->keys[i].workspace_id, scope.workspace)
                    : list == LIST_MEMBERS
                        ? id_equal(inv->members[i].workspace_id, scope.workspace)
                        : inventory_find_member(inv, scope.workspace, inv->users[i].id) >= 0 ||
                              inv->users[i].role == ORG_OWNER || inv->users[i].role == ORG_ADMIN;
        }
        assert_true(want > 0);
        assert_int_equal(view_len(view), want);
        assert_true(view_set_filter(view, "zzzz", NULL));
        work(view, inv);
        assert_int_equal(view_len(view), 0);
        assert_int_equal(view_scope_total(view), want);
        view_set_scope(view, &(struct view_scope){.by_workspace = false});
        work(view, inv);
        assert_int_equal(view_scope_total(view), field_rows(inv, (enum list_kind)list));
        view_free(view);
    }
    struct view *keys = view_new(LIST_KEYS);
    struct view_scope person = {.by_user = true, .user = inv->users[3].id};
    view_set_scope(keys, &person);
    work(keys, inv);
    assert_int_equal(view_len(keys), inventory_user_counts(inv, 3)->keys);
    view_free(keys);
    inventory_free(inv);
}

static void a_selection_is_found_again(void **state)
{
    (void)state;
    struct inventory *inv = org_new(SMALL, 12);
    for (int list = 0; list < LIST_COUNT; list++) {
        struct view *view = view_new((enum list_kind)list);
        size_t row = field_rows(inv, (enum list_kind)list) / 2;
        struct id id = field_row_id(inv, (enum list_kind)list, row);
        for (int field = -1; field < 2; field++) {
            view_set_sort(view, field, field == 0);
            work(view, inv);
            ptrdiff_t place = view_find(view, inv, id);
            assert_true(place >= 0);
            assert_int_equal(view_row(view, (size_t)place), row);
        }
        assert_int_equal(view_find(view, inv, (struct id){1, 1}), -1);
        assert_int_equal(view_find(view, inv, (struct id){0, 0}), -1);
        view_free(view);
    }
    inventory_free(inv);
}

int main(void)
{
    setlocale(LC_ALL, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_field_sorts),
        cmocka_unit_test(odd_texts_sort),
        cmocka_unit_test(a_sort_shows_what_is_there),
        cmocka_unit_test(a_sort_is_left_for_another),
        cmocka_unit_test(filters_and_narrowing),
        cmocka_unit_test(typing_ahead),
        cmocka_unit_test(a_bad_filter_lets_nothing_through),
        cmocka_unit_test(a_word_as_it_stands_comes_first),
        cmocka_unit_test(what_a_longer_word_found_goes),
        cmocka_unit_test(rows_come_while_shown),
        cmocka_unit_test(narrowing_while_rows_come),
        cmocka_unit_test(what_is_shown_stays_while_facts_change),
        cmocka_unit_test(a_row_that_goes),
        cmocka_unit_test(another_inventory),
        cmocka_unit_test(a_scope_holds_its_own),
        cmocka_unit_test(a_selection_is_found_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
