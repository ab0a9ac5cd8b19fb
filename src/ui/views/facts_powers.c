/* What roles allow, and the switches of a workspace, in plain words. */
#include <string.h>

#include "base/text.h"
#include "model/access.h"
#include "ui/views/facts.h"

#include "base/banned.h"

static const struct {
    enum answer answer;
    const char *label;
    enum style style;
} ANSWERS[] = {
    {ANSWER_YES, "may", STYLE_NORMAL},
    {ANSWER_NO, "may not", STYLE_DIM},
    {ANSWER_UNKNOWN, "?", STYLE_WARN},
};

/* All powers with one answer for one reason, on one line. Marks them as told. */
static void one_reason(const struct power_answer *answers, enum power from, unsigned *told,
                       const char *label, enum style style, struct doc *doc)
{
    struct buf line;

    buf_init(&line, 0);
    for (int i = (int)from; i < POWER_COUNT; i++) {
        if (answers[i].answer == answers[from].answer &&
            strcmp(answers[i].why, answers[from].why) == 0) {
            buf_addf(&line, "%s%s", line.len > 0 ? ", " : "", power_name((enum power)i));
            *told |= 1u << i;
        }
    }
    doc_field(doc, label, style, "%s  (%s)", line.data, answers[from].why);
    buf_done(&line);
}

static void powers(const struct workspace_row *ws, enum org_role org_role, bool is_member,
                   enum ws_role role, struct doc *doc)
{
    struct power_answer answers[POWER_COUNT];
    unsigned told = 0;

    for (int i = 0; i < POWER_COUNT; i++) {
        answers[i] = access_power(ws, org_role, is_member, role, (enum power)i);
    }
    for (size_t a = 0; a < sizeof(ANSWERS) / sizeof(*ANSWERS); a++) {
        const char *label = ANSWERS[a].label;

        for (int i = 0; i < POWER_COUNT; i++) {
            if (answers[i].answer == ANSWERS[a].answer && (told & 1u << i) == 0) {
                one_reason(answers, (enum power)i, &told, label, ANSWERS[a].style, doc);
                label = "";
            }
        }
    }
}

static void in_organisation(enum org_role role, struct doc *doc)
{
    const char *const *words = access_org_role_words(role);

    doc_section(doc, 0, "IN THE ORGANISATION: %s",
                role == ORG_ROLE_OTHER ? "?" : org_role_name(role));
    for (; *words != NULL; words++) {
        doc_text(doc, role == ORG_ROLE_OTHER ? STYLE_WARN : STYLE_NORMAL, "%s", *words);
    }
}

static void in_workspace(const struct inventory *inv, const struct workspace_row *ws,
                         enum org_role org_role, int member, struct doc *doc)
{
    enum ws_role role = (enum ws_role)inv->members[member].role;
    const char *other = arena_text(&inv->arena, inv->members[member].role_text);
    const char *word = role != WS_ROLE_OTHER ? ws_role_name(role) : "?";
    struct buf text;

    buf_init(&text, 0);
    if (role == WS_ROLE_OTHER && other != NULL) {
        text_clean(other, strlen(other), &text);
        word = text.data;
    }
    doc_section(doc, 0, "IN %s: %s", inventory_workspace_name(inv, ws), word);
    buf_done(&text);
    powers(ws, org_role, true, role, doc);
}

/* What a switch of the workspace decides for owners and admins of the organisation. */
static unsigned logs_of(const struct workspace_row *ws, enum org_role org_role)
{
    unsigned logs = access_power(ws, org_role, false, WS_ROLE_OTHER, POWER_READ_LOGS).answer;

    return logs * 3 +
           access_power(ws, org_role, false, WS_ROLE_OTHER, POWER_READ_LOG_METADATA).answer;
}

/* Owners and admins may the same in every workspace but for the logs: the workspaces are told by
 * that. */
static void in_every_workspace(const struct inventory *inv, enum org_role org_role, size_t most,
                               struct doc *doc)
{
    for (size_t combination = 0; combination < 9; combination++) {
        unsigned logs =
            ANSWERS[combination / 3].answer * 3 + (unsigned)ANSWERS[combination % 3].answer;
        const struct workspace_row *first = NULL;
        struct buf names;
        size_t count = 0;

        buf_init(&names, 0);
        for (size_t i = 0; i < inv->workspace_count; i++) {
            const struct workspace_row *ws = &inv->workspaces[i];

            if (ws->archived || logs_of(ws, org_role) != logs) {
                continue;
            }
            first = first == NULL ? ws : first;
            if (count++ < most) {
                buf_addf(&names, "%s%s", names.len > 0 ? ", " : "",
                         inventory_workspace_name(inv, ws));
            }
        }
        if (first != NULL) {
            doc_section(doc, 0, "IN %zu WORKSPACE%s, BY THE ROLE IN THE ORGANISATION", count,
                        count == 1 ? "" : "S");
            doc_text(doc, STYLE_NORMAL, "%s%s", names.data, count > most ? " and more" : "");
            powers(first, org_role, false, WS_ROLE_OTHER, doc);
        }
        buf_done(&names);
    }
}

static enum org_role role_of(const struct inventory *inv, struct id user)
{
    int row = inventory_find_user(inv, user);

    if (row >= 0) {
        return (enum org_role)inv->users[row].role;
    }
    row = inventory_first_membership(inv, user);
    return row >= 0 ? (enum org_role)inv->members[row].org_role : ORG_ROLE_OTHER;
}

void facts_powers(const struct field_context *ctx, struct id user, size_t most, struct doc *doc)
{
    const struct inventory *inv = ctx->inv;
    enum org_role org_role = role_of(inv, user);
    size_t open = 0;
    size_t member_of = 0;

    in_organisation(org_role, doc);
    if (org_role == ORG_OWNER || org_role == ORG_ADMIN) {
        in_every_workspace(inv, org_role, most, doc);
        return;
    }
    for (size_t i = 0; i < inv->workspace_count; i++) {
        open += !inv->workspaces[i].archived;
    }
    for (int member = inventory_first_membership(inv, user); member >= 0;
         member = inventory_next_membership(inv, member)) {
        int row = inventory_find_workspace(inv, inv->members[member].workspace_id);

        if (row < 0 || inv->workspaces[row].archived) {
            continue;
        }
        member_of++;
        if (member_of <= most) {
            in_workspace(inv, &inv->workspaces[row], org_role, member, doc);
        }
    }
    if (member_of > most) {
        doc_section(doc, 0, "AND %zu MORE", member_of - most);
    }
    if (open > member_of) {
        doc_section(doc, 0, "IN %zu OTHER WORKSPACE%s", open - member_of,
                    open - member_of == 1 ? "" : "S");
        doc_text(doc, STYLE_DIM, "nothing: not a member");
    }
    if (inv->lists[LIST_MEMBERS].progress != PROGRESS_COMPLETE) {
        doc_text(doc, STYLE_WARN, "? not every workspace's members could be read");
    }
}

/* -- switches -- */

static enum answer switch_answer(const struct workspace_row *ws, int number)
{
    if ((ws->switches_known >> number & 1) == 0) {
        return ANSWER_UNKNOWN;
    }
    return (ws->switches_on >> number & 1) != 0 ? ANSWER_YES : ANSWER_NO;
}

static void one_switch(const struct workspace_row *ws, int number, bool brief, struct doc *doc)
{
    static const char *const WORDS[] = {
        [ANSWER_NO] = "no", [ANSWER_YES] = "yes", [ANSWER_UNKNOWN] = "?"};
    static const enum style STYLES[] = {
        [ANSWER_NO] = STYLE_DIM, [ANSWER_YES] = STYLE_NORMAL, [ANSWER_UNKNOWN] = STYLE_WARN};
    const struct switch_info *info = switch_info(number);
    enum answer answer = switch_answer(ws, number);
    struct buf line;

    buf_init(&line, 0);
    if (brief) {
        buf_adds(&line, info->words);
    } else {
        text_fit(info->words, 36, &line);
        buf_addf(&line, " %s", info->name);
    }
    doc_field(doc, WORDS[answer], STYLES[answer], "%s", line.data);
    buf_done(&line);
}

void facts_switches(const struct field_context *ctx, size_t row, struct doc *doc)
{
    static const struct {
        const char *who;
        const char *head;
    } GROUPS[] = {{"members", "MEMBERS"},
                  {"managers", "MANAGERS"},
                  {"organisationAdmins", "ADMINS OF THE ORGANISATION"}};
    const struct workspace_row *ws = &ctx->inv->workspaces[row];

    for (size_t g = 0; g < sizeof(GROUPS) / sizeof(*GROUPS); g++) {
        doc_section(doc, 0, "%s", GROUPS[g].head);
        for (int i = 0; i < SWITCH_COUNT; i++) {
            if (strncmp(switch_info(i)->name, GROUPS[g].who, strlen(GROUPS[g].who)) == 0) {
                one_switch(ws, i, false, doc);
            }
        }
    }
    if (ws->switches_known == 0) {
        doc_gap(doc);
        doc_text(doc, STYLE_WARN, "? the server told none of them");
    }
}

void facts_switches_brief(const struct field_context *ctx, size_t row, int column, struct doc *doc)
{
    static const char *const NAMES[] = {"membersWriteApiKeys", "membersViewApiKeys",
                                        "membersViewLogs", "managersWriteApiKeys",
                                        "organisationAdminsViewLogs"};
    const struct workspace_row *ws = &ctx->inv->workspaces[row];
    int on = 0;
    int off = 0;

    for (int i = 0; i < SWITCH_COUNT; i++) {
        on += switch_answer(ws, i) == ANSWER_YES ? 1 : 0;
        off += switch_answer(ws, i) == ANSWER_NO ? 1 : 0;
    }
    doc_section(doc, column, "SWITCHES: %d on, %d off, %d ?", on, off, SWITCH_COUNT - on - off);
    for (size_t i = 0; i < sizeof(NAMES) / sizeof(*NAMES); i++) {
        one_switch(ws, switch_find(NAMES[i]), true, doc);
    }
}
