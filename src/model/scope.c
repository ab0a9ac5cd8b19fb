#include "model/scope.h"

#include <assert.h>
#include <string.h>

#include "base/text.h"

#include "base/banned.h"
#include "scope_table.inc"

_Static_assert(SCOPE_TABLE_COUNT == SCOPE_COUNT, "the catalogue and SCOPE_COUNT differ");
_Static_assert(SCOPE_COUNT <= SCOPE_WORDS * 64, "a scope_set is too small for the catalogue");

static const struct scope_info table[SCOPE_COUNT];
/* By length, then by name. */
static const unsigned char sorted[SCOPE_COUNT];
static const unsigned char lengths[SCOPE_COUNT]; /* of the sorted ones */

static const char *const kind_names[] = {"organisation-service", "workspace-service",
                                         "workspace-user"};
static const char *const kind_shorts[] = {"OS", "WS", "WU"};
static const char *const mark_names[SCOPE_MARK_COUNT] = {
    "keys", "people", "delete", "runs", "logs", "audit", "organisation", "providers"};
static const char mark_letters[SCOPE_MARK_COUNT] = {'M', 'P', 'D', 'C', 'L', 'A', 'O', 'V'};

static bool index_ok(int index)
{
    return index >= 0 && index < SCOPE_COUNT;
}

enum key_kind key_kind_parse(const char *type)
{
    for (int kind = 0; kind < KEY_KIND_COUNT; kind++) {
        if (strcmp(type, kind_names[kind]) == 0) {
            return (enum key_kind)kind;
        }
    }
    return KEY_KIND_UNKNOWN;
}

const char *key_kind_name(enum key_kind kind)
{
    return (unsigned)kind < KEY_KIND_COUNT ? kind_names[kind] : "unknown";
}

const char *key_kind_short(enum key_kind kind)
{
    return (unsigned)kind < KEY_KIND_COUNT ? kind_shorts[kind] : "??";
}

const struct scope_info *scope_info(int index)
{
    assert(index_ok(index));
    return &table[index];
}

int scope_find(const char *name)
{
    size_t len = strlen(name);
    int low = 0;
    int high = SCOPE_COUNT - 1;

    while (low <= high) {
        int middle = (low + high) / 2;
        int order = len == lengths[middle]  ? memcmp(name, table[sorted[middle]].name, len)
                    : len < lengths[middle] ? -1
                                            : 1;

        if (order == 0) {
            return sorted[middle];
        }
        if (order < 0) {
            high = middle - 1;
        } else {
            low = middle + 1;
        }
    }
    return -1;
}

int scope_nearest(const char *name)
{
    int near = text_near_limit(name);
    int best = -1;

    for (int i = 0; i < SCOPE_COUNT; i++) {
        if (text_nearer(name, table[i].name, &near)) {
            best = i;
        }
    }
    return best;
}

bool scope_legal(int index, enum key_kind kind)
{
    return index_ok(index) && (unsigned)kind < KEY_KIND_COUNT &&
           (table[index].kinds & (1u << kind)) != 0;
}

void scope_set_add(struct scope_set *set, int index)
{
    assert(index_ok(index));
    set->bits[index / 64] |= UINT64_C(1) << (index % 64);
}

void scope_set_remove(struct scope_set *set, int index)
{
    assert(index_ok(index));
    set->bits[index / 64] &= ~(UINT64_C(1) << (index % 64));
}

bool scope_set_has(const struct scope_set *set, int index)
{
    return index_ok(index) && (set->bits[index / 64] >> (index % 64) & 1u) != 0;
}

bool scope_set_has_name(const struct scope_set *set, const char *name)
{
    return scope_set_has(set, scope_find(name));
}

int scope_set_count(const struct scope_set *set)
{
    int count = 0;

    for (int i = 0; i < SCOPE_WORDS; i++) {
        count += __builtin_popcountll(set->bits[i]);
    }
    return count;
}

bool scope_set_equal(const struct scope_set *a, const struct scope_set *b)
{
    return memcmp(a->bits, b->bits, sizeof(a->bits)) == 0;
}

struct scope_set scope_set_legal(enum key_kind kind)
{
    struct scope_set set = {0};

    for (int i = 0; i < SCOPE_COUNT; i++) {
        if (scope_legal(i, kind)) {
            scope_set_add(&set, i);
        }
    }
    return set;
}

unsigned scope_set_marks(const struct scope_set *set)
{
    unsigned marks = 0;

    for (int word = 0; word < SCOPE_WORDS; word++) {
        for (uint64_t left = set->bits[word]; left != 0; left &= left - 1) {
            marks |= table[word * 64 + __builtin_ctzll(left)].marks;
        }
    }
    return marks;
}

const char *scope_mark_name(int number)
{
    assert(number >= 0 && number < SCOPE_MARK_COUNT);
    return mark_names[number];
}

char scope_mark_letter(int number)
{
    assert(number >= 0 && number < SCOPE_MARK_COUNT);
    return mark_letters[number];
}

static const struct scope_info table[SCOPE_COUNT] = {SCOPE_TABLE};
static const unsigned char sorted[SCOPE_COUNT] = {SCOPE_TABLE_SORTED};
static const unsigned char lengths[SCOPE_COUNT] = {SCOPE_TABLE_LENGTHS};
