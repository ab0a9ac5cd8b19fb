#include "ui/term_look.h"

#include "base/banned.h"

enum depth { PLAIN, EIGHT, FULL, DEPTHS };

static const struct term_look LOOKS[STYLE_COUNT][DEPTHS];

const struct term_look *term_look(enum style style, int colours)
{
    enum depth depth = colours >= 256 ? FULL : colours >= 8 ? EIGHT : PLAIN;

    return &LOOKS[style < STYLE_COUNT ? style : STYLE_NORMAL][depth];
}

#define OWN (-1)

/* Of the 256 the middle of the cube stands out from black and from white alike: 28 green, 63 blue,
 * 130 brown, 160 red, 243 grey. Of the 8 only red and magenta do. */
static const struct term_look LOOKS[STYLE_COUNT][DEPTHS] = {
    [STYLE_NORMAL] = {{OWN, OWN, 0}, {OWN, OWN, 0}, {OWN, OWN, 0}},
    [STYLE_DIM] = {{OWN, OWN, LOOK_DIM}, {OWN, OWN, LOOK_DIM}, {243, OWN, 0}},
    [STYLE_BOLD] = {{OWN, OWN, LOOK_BOLD}, {OWN, OWN, LOOK_BOLD}, {OWN, OWN, LOOK_BOLD}},
    [STYLE_TITLE] = {{OWN, OWN, LOOK_REVERSE}, {OWN, OWN, LOOK_REVERSE}, {OWN, OWN, LOOK_REVERSE}},
    [STYLE_HEADER] = {{OWN, OWN, LOOK_BOLD}, {OWN, OWN, LOOK_BOLD}, {63, OWN, LOOK_BOLD}},
    [STYLE_BORDER] = {{OWN, OWN, 0}, {OWN, OWN, 0}, {243, OWN, 0}},
    [STYLE_SELECTED] = {{OWN, OWN, LOOK_REVERSE},
                        {OWN, OWN, LOOK_REVERSE},
                        {OWN, OWN, LOOK_REVERSE}},
    [STYLE_SELECTED_DIM] = {{OWN, OWN, LOOK_UNDERLINE}, {OWN, OWN, LOOK_UNDERLINE}, {255, 240, 0}},
    [STYLE_MARKED] = {{OWN, OWN, LOOK_BOLD}, {5, OWN, LOOK_BOLD}, {63, OWN, LOOK_BOLD}},
    [STYLE_HIT] = {{OWN, OWN, LOOK_BOLD | LOOK_UNDERLINE},
                   {OWN, OWN, LOOK_BOLD | LOOK_UNDERLINE},
                   {OWN, OWN, LOOK_BOLD | LOOK_UNDERLINE}},
    [STYLE_HIT_SELECTED] = {{OWN, OWN, LOOK_REVERSE | LOOK_BOLD | LOOK_UNDERLINE},
                            {OWN, OWN, LOOK_REVERSE | LOOK_BOLD | LOOK_UNDERLINE},
                            {OWN, OWN, LOOK_REVERSE | LOOK_BOLD | LOOK_UNDERLINE}},
    [STYLE_GOOD] = {{OWN, OWN, 0}, {OWN, OWN, 0}, {28, OWN, 0}},
    [STYLE_WARN] = {{OWN, OWN, LOOK_BOLD}, {5, OWN, 0}, {130, OWN, 0}},
    [STYLE_BAD] = {{OWN, OWN, LOOK_BOLD}, {1, OWN, LOOK_BOLD}, {160, OWN, LOOK_BOLD}},
    [STYLE_OWN] = {{OWN, OWN, LOOK_UNDERLINE}, {5, OWN, LOOK_UNDERLINE}, {63, OWN, LOOK_BOLD}},
    [STYLE_ARMED] = {{OWN, OWN, LOOK_REVERSE | LOOK_BOLD}, {7, 1, LOOK_BOLD}, {16, 214, LOOK_BOLD}},
    [STYLE_PROD] = {{OWN, OWN, LOOK_REVERSE | LOOK_BOLD}, {7, 1, LOOK_BOLD}, {231, 160, LOOK_BOLD}},
    [STYLE_FIELD] = {{OWN, OWN, LOOK_UNDERLINE}, {OWN, OWN, LOOK_UNDERLINE}, {255, 238, 0}},
    [STYLE_FIELD_FOCUS] = {{OWN, OWN, LOOK_REVERSE}, {OWN, OWN, LOOK_REVERSE}, {16, 153, 0}},
    [STYLE_BUTTON] = {{OWN, OWN, LOOK_BOLD}, {OWN, OWN, LOOK_BOLD}, {255, 240, 0}},
    [STYLE_BUTTON_FOCUS] = {{OWN, OWN, LOOK_REVERSE | LOOK_BOLD},
                            {OWN, OWN, LOOK_REVERSE | LOOK_BOLD},
                            {16, 153, LOOK_BOLD}},
    [STYLE_DISABLED] = {{OWN, OWN, LOOK_DIM}, {OWN, OWN, LOOK_DIM}, {243, OWN, 0}},
    [STYLE_KEY] = {{OWN, OWN, LOOK_BOLD}, {OWN, OWN, LOOK_BOLD}, {OWN, OWN, LOOK_BOLD}},
    [STYLE_SECRET] = {{OWN, OWN, LOOK_BOLD}, {OWN, OWN, LOOK_BOLD}, {OWN, OWN, LOOK_BOLD}},
};
