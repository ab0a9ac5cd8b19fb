#include "ui/scroll.h"

#include "base/banned.h"

bool scroll_is(enum action action)
{
    switch (action) {
    case ACTION_UP:
    case ACTION_DOWN:
    case ACTION_PAGE_UP:
    case ACTION_PAGE_DOWN:
    case ACTION_HALF_UP:
    case ACTION_HALF_DOWN:
    case ACTION_FIRST:
    case ACTION_LAST:
        return true;
    default:
        return false;
    }
}

ptrdiff_t scroll_step(enum action action, int height, size_t all)
{
    /* A page keeps one line in sight, so that the eye finds its place again. */
    ptrdiff_t page = height > 2 ? height - 1 : 1;

    switch (action) {
    case ACTION_UP:
        return -1;
    case ACTION_DOWN:
        return 1;
    case ACTION_PAGE_UP:
        return -page;
    case ACTION_PAGE_DOWN:
        return page;
    case ACTION_HALF_UP:
        return -(page / 2 + 1);
    case ACTION_HALF_DOWN:
        return page / 2 + 1;
    case ACTION_FIRST:
        return -(ptrdiff_t)all;
    case ACTION_LAST:
        return (ptrdiff_t)all;
    default:
        return 0;
    }
}

int scroll_limit(int scroll, int height, int all)
{
    int last = all - height;

    scroll = scroll > last ? last : scroll;
    return scroll < 0 ? 0 : scroll;
}
