/* What the files of the wizard share. Included by views/create*.c only. */
#ifndef PORTCULLIS_UI_VIEWS_CREATE_INTERNAL_H
#define PORTCULLIS_UI_VIEWS_CREATE_INTERNAL_H

#include "model/draft.h"
#include "ui/doc.h"
#include "ui/form.h"
#include "ui/ui.h"
#include "ui/views/create_grid.h"

enum create_step {
    STEP_KIND,
    STEP_IDENTITY,
    STEP_SCOPES,
    STEP_LIMITS,
    STEP_REVIEW,
    STEP_COUNT,
};

enum create_mode {
    MODE_FILL,   /* the steps; nothing was sent */
    MODE_WAIT,   /* sent, or about to be */
    MODE_LOST,   /* the outcome is not known */
    MODE_SECRET, /* made: the secret is handed over, once */
};

/* The fields of a row of the rate limits, of the metadata. */
enum { RATE_TYPE, RATE_UNIT, RATE_VALUE, RATE_REMOVE, RATE_FIELDS };
enum { PAIR_KEY, PAIR_VALUE, PAIR_REMOVE, PAIR_FIELDS };
/* Keys that the metadata of most keys should have. */
#define CREATE_SUGGESTIONS 3

/* The ids of all fields. */
enum create_id {
    F_KIND,
    F_WORKSPACE,
    F_WORKSPACE_NOTE,
    F_OWNER,
    F_OWNER_NOTE,
    F_NAME,
    F_DESCRIPTION,
    F_PAIR_SUGGESTED, /* and one for each suggestion */
    F_PAIR_ANOTHER = F_PAIR_SUGGESTED + CREATE_SUGGESTIONS,
    F_CONFIG,
    F_OVERRIDE,
    F_CONFIG_NOTE,
    F_ADD_RATE,
    F_BUDGET_TYPE,
    F_BUDGET,
    F_ALERT,
    F_BUDGET_NOTE,
    F_RESET,
    F_RESET_DAYS,
    F_RESET_AT,
    F_RESET_NOTE,
    F_EMAILS,
    F_EXPIRES_KIND,
    F_EXPIRES,
    F_EXPIRES_NOTE,
    F_ROTATION,
    F_ROTATION_DAYS,
    F_ROTATION_AT,
    F_TRANSITION,
    F_TRANSITION_NOTE,
    F_CANCEL,
    F_SEND,
    F_LOOK,
    F_RATE,                                          /* and RATE_FIELDS for each row */
    F_PAIR = F_RATE + DRAFT_RATES_MAX * RATE_FIELDS, /* and PAIR_FIELDS for each row */
};

/* "other" was chosen and nothing typed yet: no expiry that can be read, so that the checks say so.
 */
#define EXPIRES_NOT_YET "?"

struct create {
    const char *typed; /* while a picker is opened by typing: the first of it */
    struct ui *ui;
    char *profile; /* the organisation that the draft is for */
    struct key_draft draft;
    struct draft_check check;
    enum create_step step;
    enum create_mode mode;
    struct form *form; /* of the step; in STEP_SCOPES it has no fields */
    struct grid grid;
    struct doc *target; /* of the review: what is made and where, always seen */
    struct doc *page;   /* of the review: all else, scrolled */
    struct doc *side;
    int scroll;            /* of the review */
    int above, below;      /* lines of the form that are not seen above and below its room */
    unsigned touched;      /* 1u << enum draft_field: their problems are shown */
    bool changed;          /* worth keeping */
    bool restored;         /* the draft is one that was left */
    bool asked;            /* leaving was asked about: the same again leaves */
    bool start_over_asked; /* D again throws the draft away */
    char refused[1024];    /* the server's sentence, for refused_field; "" none */
    bool unsent;           /* and it is none: nothing was sent */
    int refused_field;     /* enum draft_field; -1 none */
    struct err trouble;    /* why there is no review, or why sending was stopped */
    bool reviewed;         /* the host's operation is ours */
    int64_t reviewed_at;   /* days of the expiry count from here, so that nothing moves any more */
    bool sent;             /* and was told to send */
    bool revealed;
    bool taken; /* shown or copied at least once */
    bool seen;  /* and that was painted, or sent to the clipboard */
    char made_name[512];
};

/* -- create_form.c: the fields of a step -- */

/* Makes the form of the step anew from the draft. */
void create_build(struct create *create);
/* Takes what field `id` holds into the draft. */
void create_read(struct create *create, int id);
/* A button or pick field was pressed. */
void create_press(struct create *create, int id);
/* Checks the draft again and puts each problem at its field. */
void create_check(struct create *create);
/* The draft became another: checks, and the forms follow. */
void create_changed(struct create *create, enum draft_field field);
enum create_step create_step_of(enum draft_field field);
/* The field of the form that a problem of the draft belongs to. */
int create_id_of(const struct create *create, const struct draft_problem *problem);

/* -- create_defaults.c: metadata and config -- */

void create_build_defaults(struct create *create);
/* False when the field is none of these. */
bool create_read_defaults(struct create *create, int id);
bool create_press_defaults(struct create *create, int id);

/* -- create_limits.c -- */

void create_build_limits(struct create *create);
void create_read_limits(struct create *create, int id);
bool create_press_limits(struct create *create, int id);

/* -- create_pick.c: choosing among what there is -- */

void create_pick_workspace(struct create *create);
void create_pick_owner(struct create *create);
void create_pick_preset(struct create *create);
/* Can workspaces be chosen, or must one be typed? */
bool create_workspaces_known(const struct ui *ui);
/* Can members be chosen? Otherwise why gets a sentence. */
bool create_members_known(const struct create *create, char *why, size_t size);
/* "tools  ws-tools-e2a85b"; what was typed when it is not known; "" when none. */
void create_workspace_words(const struct create *create, struct buf *out);
void create_owner_words(const struct create *create, struct buf *out);

/* -- create_scopes.c -- */

void create_draw_scopes(const struct create *create, struct canvas *canvas, struct rect area);

/* -- create_review.c -- */

/* Asks the host for the review; sends nothing. */
void create_review(struct create *create);
void create_build_review(struct create *create);
void create_press_review(struct create *create, int id);
/* Looks what became of what was sent. */
void create_follow(struct create *create);
/* Writes the page and keeps its scroll where there is something to see in area. */
void create_write_page(struct create *create, struct rect area);
/* The room of the review in the body of the console: low windows have none for the steps. */
struct rect create_review_area(struct rect body);
void create_draw_review(const struct create *create, struct canvas *canvas, struct rect area);

/* -- create_page.c: what the review says -- */

/* What is made and where: seen at all times, whatever is scrolled. */
void create_write_target(struct create *create);
/* All else: what is wrong, the key in words, the request; or what became of it. */
void create_write_review(struct create *create);

/* -- create_side.c -- */

void create_write_side(struct create *create);
/* "rate limits": what the field is called in a sentence. */
const char *create_field_words(enum draft_field field);
/* "workspace service": lends a constant. */
const char *create_kind_words(enum key_kind kind);
/* "M makes or changes keys, D deletes"; nothing when there is no danger. */
void create_marks_words(unsigned marks, struct buf *out);
void create_metadata_words(const struct key_draft *draft, struct buf *out);
void create_config_words(const struct key_draft *draft, struct buf *out);
void create_rates_words(const struct key_draft *draft, struct buf *out);
void create_budget_words(const struct key_draft *draft, struct buf *out);
void create_expires_words(const struct key_draft *draft, int64_t now, struct buf *out);
void create_rotation_words(const struct key_draft *draft, struct buf *out);

/* -- create_draw.c: for the pane_ops -- */

/* Screens of this width have the panel beside the steps. */
#define CREATE_SIDE_FROM 120
/* Counts the lines of the form that its room does not show: what is said of them is a line of that
 * room, so that drawing cannot count them. */
/* PgUp and PgDn in a step that is higher than its room. */
bool create_form_page(struct create *create, const struct ui *ui, const struct ui_event *what);
void create_measure(struct create *create, const struct ui *ui);
void create_draw(const void *self, const struct ui *ui, struct canvas *canvas, struct rect area);
void create_title(const void *self, const struct ui *ui, struct buf *out);
bool create_state(const void *self, const struct ui *ui, struct buf *out);
void create_hints(const void *self, const struct ui *ui, struct buf *out);

/* -- create_secret.c -- */

bool create_secret_event(struct create *create, const struct ui_event *event);
/* Tells the host once the secret has left for good. */
void create_secret_seen(struct create *create);
void create_draw_secret(const struct create *create, struct canvas *canvas, struct rect area);

/* -- create_leave.c -- */

/* Keeps the draft, or asks first when something would be lost. */
enum pane_result create_leave(struct create *create);
/* Would leaving lose the secret? Then it is asked about, once; how: the key that leaves. */
bool create_asks(struct create *create, const char *how);
bool create_asks_to_end(struct create *create);
/* Leaves for the detail of the key which the lost request may have made. */
enum pane_result create_look_at_candidate(struct create *create);
/* An empty draft, of the first kind that the own key may make. */
void create_fresh(struct create *create);
/* D, twice, throws the draft away. True when the event was one of them. */
bool create_throw_away(struct create *create, const struct ui_event *what);

/* -- create.c -- */

/* The write as the host has it now. */
void create_operation(const struct create *create, struct host_operation *out);
void create_go(struct create *create, enum create_step step);

#endif
