/* What calls with the key bring along by themselves: rows of metadata, a config. */
#include <stdio.h>
#include <string.h>

#include "ui/views/create_internal.h"

#include "base/banned.h"

static const char *const SUGGESTED[CREATE_SUGGESTIONS] = {"owner", "env", "managed_by"};

#define KEY_WIDTH 16
#define VALUE_WIDTH 20  /* both have room in 60 columns */
#define CONFIG_WIDTH 36 /* a UUID; the check beside it has room in 80 columns */

static bool has_pair(const struct key_draft *draft, const char *key)
{
    for (int i = 0; i < draft->pair_count; i++) {
        if (strcmp(draft->metadata[i].key, key) == 0) {
            return true;
        }
    }
    return false;
}

/* -- building -- */

static void build_pair(struct create *create, int row)
{
    const struct draft_pair *pair = &create->draft.metadata[row];
    int id = F_PAIR + row * PAIR_FIELDS;
    struct form *form = create->form;

    form_add_text(form, id + PAIR_KEY, row == 0 ? "Metadata" : "", sizeof(pair->key) - 1,
                  KEY_WIDTH);
    form_keep_raw(form, id + PAIR_KEY);
    form_set_text(form, id + PAIR_KEY, pair->key);
    form_add_text(form, id + PAIR_VALUE, "=", sizeof(pair->value) - 1, VALUE_WIDTH);
    form_beside(form);
    form_keep_raw(form, id + PAIR_VALUE);
    form_set_text(form, id + PAIR_VALUE, pair->value);
    form_add_button(form, id + PAIR_REMOVE, "Remove");
    form_beside(form);
}

/* One button for each suggestion that is not there yet, and one for any other. */
static void build_adding(struct create *create)
{
    const struct key_draft *draft = &create->draft;
    struct form *form = create->form;
    bool full = draft->pair_count == DRAFT_PAIRS_MAX;
    bool first = true;

    for (int i = 0; i <= CREATE_SUGGESTIONS; i++) {
        bool another = i == CREATE_SUGGESTIONS;

        if (!another && (full || has_pair(draft, SUGGESTED[i]))) {
            continue;
        }
        form_add_button(form, F_PAIR_SUGGESTED + i, another ? "another" : SUGGESTED[i]);
        if (first) {
            form_label(form, draft->pair_count == 0 ? "Add metadata" : "  add");
        } else {
            form_beside(form);
        }
        first = false;
    }
    if (full) {
        form_set_disabled(form, F_PAIR_ANOTHER, "twelve are the most");
    }
}

void create_build_defaults(struct create *create)
{
    const struct key_draft *draft = &create->draft;
    struct form *form = create->form;

    for (int i = 0; i < draft->pair_count; i++) {
        build_pair(create, i);
    }
    build_adding(create);
    form_add_gap(form);
    form_add_text(form, F_CONFIG, "Config", sizeof(draft->config) - 1, CONFIG_WIDTH);
    form_keep_raw(form, F_CONFIG);
    form_set_text(form, F_CONFIG, draft->config);
    form_add_check(form, F_OVERRIDE, "", "callers may override");
    form_beside(form);
    form_set_checked(form, F_OVERRIDE, draft->allow_override);
    form_add_note(form, F_CONFIG_NOTE, STYLE_DIM,
                  " The slug (pc-...) or the id of a config. Empty: none.");
}

/* -- reading -- */

static void read_pair(struct create *create, int id)
{
    struct draft_pair *pair = &create->draft.metadata[(id - F_PAIR) / PAIR_FIELDS];
    const char *typed = form_text(create->form, id);

    if ((id - F_PAIR) % PAIR_FIELDS == PAIR_KEY) {
        snprintf(pair->key, sizeof(pair->key), "%s", typed);
    } else {
        snprintf(pair->value, sizeof(pair->value), "%s", typed);
    }
    create_changed(create, DRAFT_METADATA);
}

bool create_read_defaults(struct create *create, int id)
{
    struct key_draft *draft = &create->draft;

    if (id >= F_PAIR) {
        read_pair(create, id);
        return true;
    }
    if (id == F_CONFIG) {
        snprintf(draft->config, sizeof(draft->config), "%s", form_text(create->form, id));
        /* Without it there is nothing to override. */
        create->touched |= 1u << DRAFT_OVERRIDE;
        create_changed(create, DRAFT_CONFIG);
        return true;
    }
    if (id == F_OVERRIDE) {
        draft->allow_override = form_checked(create->form, id);
        create_changed(create, DRAFT_OVERRIDE);
        return true;
    }
    return false;
}

static void add_pair(struct create *create, const char *key)
{
    struct key_draft *draft = &create->draft;
    struct draft_pair *pair = &draft->metadata[draft->pair_count];
    int id = F_PAIR + draft->pair_count * PAIR_FIELDS;

    *pair = (struct draft_pair){"", ""};
    snprintf(pair->key, sizeof(pair->key), "%s", key);
    draft->pair_count++;
    form_set_focus(create->form, id + (key[0] == '\0' ? PAIR_KEY : PAIR_VALUE));
}

bool create_press_defaults(struct create *create, int id)
{
    struct key_draft *draft = &create->draft;
    int row = (id - F_PAIR) / PAIR_FIELDS;

    if (id >= F_PAIR_SUGGESTED && id <= F_PAIR_ANOTHER && draft->pair_count < DRAFT_PAIRS_MAX) {
        add_pair(create, id == F_PAIR_ANOTHER ? "" : SUGGESTED[id - F_PAIR_SUGGESTED]);
    } else if (id >= F_PAIR && row < draft->pair_count) {
        memmove(&draft->metadata[row], &draft->metadata[row + 1],
                (size_t)(draft->pair_count - row - 1) * sizeof(*draft->metadata));
        draft->pair_count--;
        form_set_focus(create->form, F_PAIR_ANOTHER);
    } else {
        return false;
    }
    create_changed(create, DRAFT_METADATA);
    create_build(create);
    return true;
}
