/* What palette.c and palette_find.c share. */
#ifndef PORTCULLIS_UI_VIEWS_PALETTE_INTERNAL_H
#define PORTCULLIS_UI_VIEWS_PALETTE_INTERNAL_H

#include "ui/action.h"
#include "ui/line.h"
#include "ui/ui.h"

#define ITEMS_MAX 200

struct item {
    char *line; /* what runs: "revoke", "workspace 6e5a.." */
    char *text; /* what is shown */
    char *keys; /* "X F8" */
    char *help; /* what it does; where it cannot be done, why */
    bool can;
    bool wants; /* an argument has to follow */
    int score;
};

struct palette {
    struct line line;
    struct item items[ITEMS_MAX];
    size_t count, place;
    char *reasons[ACTION_COUNT]; /* why the act cannot run on what is below; NULL: it can */
};

/* Fills the items with what the typed line may mean, the best first. */
void palette_find(struct palette *palette, struct ui *ui);
/* Frees the items. */
void palette_clear(struct palette *palette);

#endif
