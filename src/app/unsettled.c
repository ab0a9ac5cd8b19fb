#include "app/unsettled.h"

#include <stddef.h>
#include <string.h>

#include "base/banned.h"

/* Acts after which their target is no more. */
static const char *const ENDING[] = {"revoke-key"};

static bool given(const char *text)
{
    return text != NULL && text[0] != '\0';
}

static bool equal(const char *a, const char *b)
{
    return strcmp(a == NULL ? "" : a, b == NULL ? "" : b) == 0;
}

/* What is not told may be anything. */
static bool may_be_equal(const char *a, const char *b)
{
    return !given(a) || !given(b) || strcmp(a, b) == 0;
}

static bool ends_its_target(const char *act)
{
    for (size_t i = 0; i < sizeof(ENDING) / sizeof(ENDING[0]); i++) {
        if (equal(act, ENDING[i])) {
            return true;
        }
    }
    return false;
}

bool trace_same_organisation(const struct trace *a, const struct trace *b)
{
    if (given(a->organisation) && given(b->organisation)) {
        return strcmp(a->organisation, b->organisation) == 0;
    }
    return equal(a->base_url, b->base_url) && equal(a->profile, b->profile);
}

bool trace_same(const struct trace *a, const struct trace *b)
{
    if (!equal(a->act, b->act) || !trace_same_organisation(a, b)) {
        return false;
    }
    if (given(a->target) || given(b->target)) {
        return equal(a->target, b->target);
    }
    return equal(a->name, b->name) && equal(a->place, b->place) && may_be_equal(a->kind, b->kind) &&
           may_be_equal(a->owner, b->owner);
}

bool trace_ends(const struct trace *done, const struct trace *open)
{
    return ends_its_target(done->act) && given(done->target) && equal(done->target, open->target) &&
           trace_same_organisation(done, open);
}
