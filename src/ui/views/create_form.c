/* The fields of the steps Kind and Identity, and where each problem is shown. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/access.h"
#include "ui/views/create_internal.h"

#include "base/banned.h"

/* In the order of the form: the usual one first. */
static const enum key_kind KINDS[KEY_KIND_COUNT] = {KEY_WORKSPACE_SERVICE, KEY_WORKSPACE_USER,
                                                    KEY_ORGANISATION_SERVICE};

enum create_step create_step_of(enum draft_field field)
{
    switch (field) {
    case DRAFT_KIND:
        return STEP_KIND;
    case DRAFT_WORKSPACE:
    case DRAFT_OWNER:
    case DRAFT_NAME:
    case DRAFT_DESCRIPTION:
    case DRAFT_METADATA:
    case DRAFT_CONFIG:
    case DRAFT_OVERRIDE:
        return STEP_IDENTITY;
    case DRAFT_SCOPES:
        return STEP_SCOPES;
    default:
        return STEP_LIMITS;
    }
}

/* -- kind -- */

static void build_kind(struct create *create)
{
    static const char *const notes[KEY_KIND_COUNT] = {
        "for programs: in one workspace, without an owner",
        "for one person: in one workspace, owned by a member",
        "an admin key: manages the organisation, makes no completions",
    };
    const struct inventory *inv = ui_inventory(create->ui);
    struct form_option options[KEY_KIND_COUNT];
    char why[KEY_KIND_COUNT][96];
    bool unknown = inv == NULL || inv->own_key < 0;

    for (int i = 0; i < KEY_KIND_COUNT; i++) {
        const char *missing = "";

        why[i][0] = '\0';
        if (inv != NULL &&
            access_may(inv, endpoint_create(KINDS[i]), KINDS[i], &missing) == ANSWER_NO) {
            snprintf(why[i], sizeof(why[i]), "needs %s", missing);
        }
        options[i] = (struct form_option){create_kind_words(KINDS[i]), notes[i], why[i]};
    }
    form_add_gap(create->form);
    form_add_choice(create->form, F_KIND, "Kind", options, KEY_KIND_COUNT, true);
    for (int i = 0; i < KEY_KIND_COUNT; i++) {
        if (create->draft.kind == KINDS[i]) {
            form_set_choice(create->form, F_KIND, i);
        }
    }
    form_add_gap(create->form);
    form_add_note(create->form, -1, STYLE_DIM,
                  "The kind cannot be changed once the key is made. Another kind drops the scopes "
                  "that it cannot have.");
    if (unknown) {
        form_add_note(create->form, -1, STYLE_WARN,
                      "? Your own key was not found in the list, so it is not known which kinds it "
                      "may make: the server will say.");
    }
    if (create->restored || create->changed) {
        form_add_gap(create->form);
        form_add_note(create->form, -1, STYLE_NORMAL,
                      create->restored ? "This is the draft that you left. Alt-D throws it away."
                                       : "What was typed is kept when you leave. Alt-D throws it "
                                         "away.");
    }
}

static void read_kind(struct create *create)
{
    int choice = form_choice(create->form, F_KIND);
    int before = scope_set_count(&create->draft.scopes);
    int dropped;

    draft_set_kind(&create->draft, choice < 0 ? KEY_KIND_UNKNOWN : KINDS[choice]);
    grid_set_kind(&create->grid, create->draft.kind);
    dropped = before - scope_set_count(&create->draft.scopes);
    if (dropped > 0) {
        ui_message(create->ui, false, "%d of the scopes dropped: a %s key cannot have them.",
                   dropped, create_kind_words(create->draft.kind));
    }
}

/* -- identity -- */

static void build_owner(struct create *create)
{
    char why[256];
    struct buf words;

    buf_init(&words, 0);
    create_owner_words(create, &words);
    if (create_members_known(create, why, sizeof(why))) {
        form_add_pick(create->form, F_OWNER, "Owner", 50);
        form_set_text(create->form, F_OWNER, words.data);
        form_add_note(create->form, F_OWNER_NOTE, STYLE_DIM, " It cannot be changed later.");
    } else {
        form_add_text(create->form, F_OWNER, "Owner", sizeof(create->draft.owner) - 1, 50);
        form_set_text(create->form, F_OWNER, create->draft.owner);
        form_add_note(create->form, F_OWNER_NOTE, STYLE_WARN, why);
    }
    buf_done(&words);
}

static void build_identity(struct create *create)
{
    struct form *form = create->form;
    struct buf words;

    form_add_gap(form);
    if (create->draft.kind == KEY_ORGANISATION_SERVICE) {
        form_add_note(form, -1, STYLE_DIM,
                      "An organisation service key belongs to no workspace and to no person.");
        form_add_gap(form);
    } else if (create_workspaces_known(create->ui)) {
        buf_init(&words, 0);
        create_workspace_words(create, &words);
        form_add_pick(form, F_WORKSPACE, "Workspace", 50);
        form_set_text(form, F_WORKSPACE, words.data);
        buf_done(&words);
        form_add_note(form, F_WORKSPACE_NOTE, STYLE_DIM, "");
    } else {
        form_add_text(form, F_WORKSPACE, "Workspace", sizeof(create->draft.workspace) - 1, 50);
        form_set_text(form, F_WORKSPACE, create->draft.workspace);
        form_add_note(form, F_WORKSPACE_NOTE, STYLE_WARN,
                      "The workspaces could not be read: type the id or the slug.");
    }
    if (create->draft.kind == KEY_WORKSPACE_USER) {
        build_owner(create);
    }
    form_add_text(form, F_NAME, "Name", sizeof(create->draft.name) - 1, 50);
    form_keep_raw(form, F_NAME);
    form_set_text(form, F_NAME, create->draft.name);
    form_add_text(form, F_DESCRIPTION, "Description", sizeof(create->draft.description) - 1, 0);
    form_keep_raw(form, F_DESCRIPTION);
    form_set_text(form, F_DESCRIPTION, create->draft.description);
    form_add_gap(form);
    create_build_defaults(create);
}

static void note_workspace(struct create *create)
{
    const struct inventory *inv = ui_inventory(create->ui);
    int row = inv == NULL ? -1 : inventory_find_workspace_text(inv, create->draft.workspace);
    char text[96] = "", id[ID_TEXT_SIZE];

    if (!create_workspaces_known(create->ui)) {
        return;
    }
    if (row >= 0) {
        snprintf(text, sizeof(text), " id %s", inventory_id_text(inv, inv->workspaces[row].id, id));
    }
    form_set_text(create->form, F_WORKSPACE_NOTE, text);
}

/* A mail address or an id of somebody who is known becomes the id. */
static void read_owner(struct create *create)
{
    const struct inventory *inv = ui_inventory(create->ui);
    const char *typed = form_text(create->form, F_OWNER);
    int row = inv == NULL || typed[0] == '\0' ? -1 : inventory_find_user_text(inv, typed);
    char id[ID_TEXT_SIZE];

    snprintf(create->draft.owner, sizeof(create->draft.owner), "%s",
             row >= 0 ? inventory_id_text(inv, inv->users[row].id, id) : typed);
}

/* -- all steps -- */

void create_build(struct create *create)
{
    form_clear(create->form);
    form_set_round(create->form, create->step == STEP_REVIEW);
    switch (create->step) {
    case STEP_KIND:
        build_kind(create);
        break;
    case STEP_IDENTITY:
        build_identity(create);
        break;
    case STEP_LIMITS:
        create_build_limits(create);
        break;
    case STEP_REVIEW:
        create_build_review(create);
        break;
    default:
        break;
    }
    create_check(create);
}

void create_read(struct create *create, int id)
{
    struct key_draft *draft = &create->draft;
    enum draft_field field = DRAFT_KIND;

    switch (id) {
    case F_KIND:
        read_kind(create);
        break;
    case F_WORKSPACE:
        field = DRAFT_WORKSPACE;
        snprintf(draft->workspace, sizeof(draft->workspace), "%s", form_text(create->form, id));
        break;
    case F_OWNER:
        field = DRAFT_OWNER;
        read_owner(create);
        break;
    case F_NAME:
        field = DRAFT_NAME;
        snprintf(draft->name, sizeof(draft->name), "%s", form_text(create->form, id));
        break;
    case F_DESCRIPTION:
        field = DRAFT_DESCRIPTION;
        snprintf(draft->description, sizeof(draft->description), "%s", form_text(create->form, id));
        break;
    default:
        if (!create_read_defaults(create, id)) {
            create_read_limits(create, id);
        }
        return;
    }
    create_changed(create, field);
}

void create_press(struct create *create, int id)
{
    switch (id) {
    case F_WORKSPACE:
        create_pick_workspace(create);
        break;
    case F_OWNER:
        create_pick_owner(create);
        break;
    default:
        if (!create_press_defaults(create, id) && !create_press_limits(create, id)) {
            create_press_review(create, id);
        }
        break;
    }
}

void create_changed(struct create *create, enum draft_field field)
{
    create->changed = true;
    create->touched |= 1u << field;
    if ((int)field == create->refused_field) {
        create->refused_field = -1;
        create->refused[0] = '\0';
    }
    create_check(create);
}

/* -1: none of the `count` that there are. */
static int row_of(const struct draft_problem *problem, int count)
{
    return problem->row < 1 || problem->row > count ? -1 : problem->row - 1;
}

static int rate_id(const struct create *create, const struct draft_problem *problem)
{
    int row = row_of(problem, create->draft.rate_count);

    return row < 0 ? F_ADD_RATE : F_RATE + row * RATE_FIELDS + RATE_VALUE;
}

static int pair_id(const struct create *create, const struct draft_problem *problem)
{
    int row = row_of(problem, create->draft.pair_count);
    bool of_key = problem->part == DRAFT_PART_KEY;

    return row < 0 ? F_PAIR_ANOTHER : F_PAIR + row * PAIR_FIELDS + (of_key ? PAIR_KEY : PAIR_VALUE);
}

/* Of a field with days or a date. */
static int period_id(const struct create *create, const struct draft_problem *problem)
{
    bool days = problem->part == DRAFT_PART_DAYS;

    if (problem->field == DRAFT_RESET && create->draft.reset != RESET_NONE) {
        return days ? F_RESET_DAYS : F_RESET_AT;
    }
    if (problem->field == DRAFT_ROTATION && create->draft.rotation == ROTATE_DAYS) {
        return F_ROTATION_DAYS;
    }
    if (problem->field == DRAFT_ROTATION && create->draft.rotation == ROTATE_DATE) {
        return F_ROTATION_AT;
    }
    return problem->field == DRAFT_RESET ? F_RESET : F_ROTATION;
}

int create_id_of(const struct create *create, const struct draft_problem *problem)
{
    static const int ids[DRAFT_FIELD_COUNT] = {
        [DRAFT_KIND] = F_KIND,
        [DRAFT_WORKSPACE] = F_WORKSPACE,
        [DRAFT_OWNER] = F_OWNER,
        [DRAFT_NAME] = F_NAME,
        [DRAFT_DESCRIPTION] = F_DESCRIPTION,
        [DRAFT_CONFIG] = F_CONFIG,
        [DRAFT_OVERRIDE] = F_OVERRIDE,
        [DRAFT_SCOPES] = -1,
        [DRAFT_BUDGET] = F_BUDGET,
        [DRAFT_EMAILS] = F_EMAILS,
        [DRAFT_EXPIRES] = F_EXPIRES_KIND,
        [DRAFT_TRANSITION] = F_TRANSITION,
    };

    switch (problem->field) {
    case DRAFT_RATES:
        return rate_id(create, problem);
    case DRAFT_METADATA:
        return pair_id(create, problem);
    case DRAFT_RESET:
    case DRAFT_ROTATION:
        return period_id(create, problem);
    default:
        return ids[problem->field];
    }
}

static void put_problem(struct create *create, const struct draft_problem *problem)
{
    int id = create_id_of(create, problem);

    if (id >= 0 && form_has(create->form, id)) {
        form_set_problem(create->form, id, problem->severity == DRAFT_ERROR, problem->text);
    }
}

static void put_refusal(struct create *create)
{
    struct draft_problem problem = {.severity = DRAFT_ERROR};

    if (create->refused_field < 0) {
        return;
    }
    problem.field = (enum draft_field)create->refused_field;
    if (create_step_of(problem.field) == create->step) {
        int id = create_id_of(create, &problem);
        char text[1100];

        snprintf(text, sizeof(text), "the server says: %s", create->refused);
        if (id >= 0 && form_has(create->form, id)) {
            form_set_problem(create->form, id, true, text);
        }
    }
}

void create_check(struct create *create)
{
    draft_check(&create->draft, ui_inventory(create->ui), ui_now(create->ui), &create->check);
    form_clear_problems(create->form);
    /* Errors last: they hide a warning of the same field. */
    for (int severity = DRAFT_WARN; severity <= DRAFT_ERROR; severity++) {
        for (int i = create->check.count - 1; i >= 0; i--) {
            const struct draft_problem *problem = &create->check.problems[i];

            if ((int)problem->severity == severity &&
                (create->touched & 1u << problem->field) != 0) {
                put_problem(create, problem);
            }
        }
    }
    put_refusal(create);
    if (create->step == STEP_IDENTITY && form_has(create->form, F_WORKSPACE_NOTE)) {
        note_workspace(create);
    }
}
