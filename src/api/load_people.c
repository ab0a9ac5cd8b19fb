/* Where the list of people cannot be read, the members of the workspaces still tell who is there:
 * names, mail addresses and roles in the organisation. */
#include "api/load_internal.h"

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

void load_people_of_members(struct api_load *load)
{
    struct inventory *inv = load->inv;
    struct list_state *users = &inv->lists[LIST_USERS];

    if ((load->lists & 1u << LIST_USERS) == 0 || users->cause == ERR_NONE ||
        inv->member_count == 0) {
        return;
    }
    for (size_t i = 0; i < inv->member_count; i++) {
        add_person(inv, &inv->members[i]);
    }
    load_state_people(load);
}
