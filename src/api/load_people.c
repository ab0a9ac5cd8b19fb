/* Where the list of people cannot be read, the members of the workspaces still tell who is there:
 * names, mail addresses and roles in the organisation. */
#include "api/load_internal.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/clock.h"

#include "base/banned.h"

static void add_person(struct inventory *inv, const struct member_row *member)
{
    struct user_row user = {
        .id = member->user_id,
        .first_name = member->first_name,
        .last_name = member->last_name,
        .email = member->email,
        .created_at = TIME_NONE,
        .updated_at = TIME_NONE,
        .role = member->org_role,
        .of_members = true,
    };

    if (inventory_find_user(inv, user.id) < 0) {
        inventory_add_user(inv, &user);
    }
}

struct place {
    int workspace; /* its row */
    size_t member;
};

/* The workspaces are asked in parallel, and their members come in any order: the people stand in
 * that of the workspaces, so that each run shows the same. */
static int by_place(const void *a, const void *b)
{
    const struct place *one = a, *other = b;

    if (one->workspace != other->workspace) {
        return one->workspace < other->workspace ? -1 : 1;
    }
    return one->member < other->member ? -1 : one->member > other->member;
}

void load_people_of_members(struct api_load *load)
{
    struct inventory *inv = load->inv;
    struct list_state *users = &inv->lists[LIST_USERS];

    if ((load->lists & 1u << LIST_USERS) == 0 || users->cause == ERR_NONE ||
        inv->member_count == 0) {
        return;
    }
    struct place *places = xcalloc(inv->member_count, sizeof(*places));

    for (size_t i = 0; i < inv->member_count; i++) {
        places[i] = (struct place){inventory_find_workspace(inv, inv->members[i].workspace_id), i};
    }
    qsort(places, inv->member_count, sizeof(*places), by_place);
    for (size_t i = 0; i < inv->member_count; i++) {
        add_person(inv, &inv->members[places[i].member]);
    }
    free(places);
    load_state_people(load);
}
