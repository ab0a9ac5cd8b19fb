/* Who is a member of what, by person, and who shares a name: kept along with the rows, so that a
 * visible row never has to look through a list. */
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "model/inventory_index.h"

#include "base/banned.h"

/* -- memberships -- */

static bool acts_everywhere(const struct inventory *inv, struct id user)
{
    int row = inventory_find_user(inv, user);
    return row >= 0 && org_role_everywhere((enum org_role)inv->users[row].role);
}

static void count_member(struct inventory *inv, const struct member_row *member, int by)
{
    struct id_index *index = inv->index;
    uint32_t workspace = inventory_workspace_place(inv, member->workspace_id);
    uint32_t user = inventory_user_place(inv, member->user_id);
    struct workspace_counts *counts = &index->workspace_counts[workspace];
    uint32_t *by_role[] = {&counts->admins, &counts->managers, &counts->members,
                           &counts->roles_other};
    *by_role[member->role] += (uint32_t)by;
    counts->overruled[member->role] += acts_everywhere(inv, member->user_id) ? (uint32_t)by : 0;
    index->user_counts[user].workspaces += (uint32_t)by;
}

/* Workspaces that are not held come last. */
static size_t workspace_rank(const struct inventory *inv, size_t member)
{
    int row = inventory_find_workspace(inv, inv->members[member].workspace_id);
    return row < 0 ? SIZE_MAX : (size_t)row;
}

/* Behind the last one that is not of a later workspace: pages come nearly in order, so that is a
 * step or two from the end. */
static void link_member(struct inventory *inv, size_t row)
{
    struct id_index *index = inv->index;
    uint32_t place = inventory_user_place(inv, inv->members[row].user_id);
    struct membership_link *links = index->membership_links;
    index->membership_ends = index_grow(index->membership_ends, &index->membership_ends_cap,
                                        place + 1, sizeof *index->membership_ends);
    struct membership_ends *ends = &index->membership_ends[place];
    size_t rank = workspace_rank(inv, row);
    uint32_t before = ends->last;
    while (before != 0 && workspace_rank(inv, before - 1) > rank) {
        before = links[before - 1].before;
    }
    uint32_t after = before != 0 ? links[before - 1].after : ends->first;
    links[row] = (struct membership_link){before, after, rank == SIZE_MAX ? 0 : (uint32_t)rank + 1};
    *(before != 0 ? &links[before - 1].after : &ends->first) = (uint32_t)row + 1;
    *(after != 0 ? &links[after - 1].before : &ends->last) = (uint32_t)row + 1;
}

void inventory_count_member(struct inventory *inv, size_t row, const struct member_row *before)
{
    struct id_index *index = inv->index;
    /* One that stands for a role in the organisation is no membership. */
    bool was = before != NULL && !before->granted;
    if (was) {
        count_member(inv, before, -1);
    }
    index->membership_links = index_grow(index->membership_links, &index->membership_links_cap,
                                         row + 1, sizeof *index->membership_links);
    if (!inv->members[row].granted) {
        count_member(inv, &inv->members[row], 1);
        if (!was) {
            link_member(inv, row);
        }
    }
}

int inventory_first_membership(const struct inventory *inv, struct id user)
{
    const struct id_index *index = inv->index;
    ptrdiff_t place = places_find(&index->users, user);
    return place <= 0 || (size_t)place >= index->membership_ends_cap
               ? -1
               : (int)index->membership_ends[place].first - 1;
}

int inventory_next_membership(const struct inventory *inv, int member)
{
    return (int)inv->index->membership_links[member].after - 1;
}

/* Rows of workspaces stay where they are; one that came after its members is looked for. */
int inventory_workspace_of(const struct inventory *inv, int member)
{
    uint32_t known = inv->index->membership_links[member].workspace;
    return known != 0 ? (int)known - 1
                      : inventory_find_workspace(inv, inv->members[member].workspace_id);
}

const size_t *inventory_unread_members(struct inventory *inv, size_t *count)
{
    struct id_index *index = inv->index;
    if (index->open_at != inv->generation) {
        index->open_at = inv->generation;
        index->open_len = 0;
        for (size_t row = 0; row < inv->workspace_count; row++) {
            if (inv->member_states[row].progress != PROGRESS_COMPLETE) {
                index->open =
                    xgrow(index->open, &index->open_cap, index->open_len + 1, sizeof *index->open);
                index->open[index->open_len++] = row;
            }
        }
    }
    *count = index->open_len;
    return index->open;
}

/* -- people -- */

size_t inventory_everywhere(const struct inventory *inv)
{
    return inv->index->everywhere;
}

/* A role in the organisation came, or became another. */
static void count_role(struct inventory *inv, const struct user_row *user, bool was, bool is)
{
    struct id_index *index = inv->index;
    if (was == is) {
        return;
    }
    uint32_t by = is ? 1 : (uint32_t)-1;
    index->everywhere += is ? 1 : (size_t)-1;
    for (int row = inventory_first_membership(inv, user->id); row >= 0;
         row = inventory_next_membership(inv, row)) {
        const struct member_row *member = &inv->members[row];
        uint32_t workspace = inventory_workspace_place(inv, member->workspace_id);
        index->workspace_counts[workspace].overruled[member->role] += by;
    }
}

static struct id_pair name_pair(const void *rows, size_t row)
{
    return ((const struct person_name *)rows)[row].pair;
}

/* Two hashes of the folded name; false for one without a name, who is told by the rest. */
static bool name_hash(const struct inventory *inv, const struct user_row *user, struct id_pair *out)
{
    const char *first = inventory_clean(inv, user->first_name);
    const char *last = inventory_clean(inv, user->last_name);
    if (*first == '\0' && *last == '\0') {
        return false;
    }
    struct buf folded;
    buf_init(&folded, 0);
    text_fold(first, &folded);
    buf_adds(&folded, *first != '\0' && *last != '\0' ? " " : "");
    text_fold(last, &folded);
    *out = inventory_hash(folded.data);
    buf_done(&folded);
    return true;
}

static void count_name(struct inventory *inv, size_t row)
{
    struct id_index *index = inv->index;
    struct id_pair pair;
    index->names_of =
        index_grow(index->names_of, &index->names_of_cap, row + 1, sizeof *index->names_of);
    if (index->names_of[row] != 0) {
        index->names[index->names_of[row] - 1].people--;
        index->names_of[row] = 0;
    }
    if (!name_hash(inv, &inv->users[row], &pair)) {
        return;
    }
    ptrdiff_t found = id_map_find(&index->names_map, index->names, name_pair, pair);
    if (found < 0) {
        index->names =
            xgrow(index->names, &index->names_cap, index->names_len + 1, sizeof *index->names);
        found = (ptrdiff_t)index->names_len;
        index->names[index->names_len++] = (struct person_name){.pair = pair};
        id_map_add(&index->names_map, index->names, name_pair, (size_t)found);
    }
    index->names[found].people++;
    index->names_of[row] = (uint32_t)found + 1;
}

void inventory_place_user(struct inventory *inv, size_t row, const struct user_row *before)
{
    struct id_index *index = inv->index;
    const struct user_row *user = &inv->users[row];
    index->user_places = index_grow(index->user_places, &index->user_places_cap, row + 1,
                                    sizeof *index->user_places);
    index->user_places[row] = inventory_user_place(inv, user->id);
    count_role(inv, user, before != NULL && org_role_everywhere((enum org_role)before->role),
               org_role_everywhere((enum org_role)user->role));
    count_name(inv, row);
}

bool inventory_shares_name(const struct inventory *inv, size_t user)
{
    uint32_t name = inv->index->names_of[user];
    return name != 0 && inv->index->names[name - 1].people > 1;
}
