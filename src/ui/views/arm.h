/* When arming asks for a reason: shared by the dialogs that ask for one. */
#ifndef PORTCULLIS_UI_VIEWS_ARM_H
#define PORTCULLIS_UI_VIEWS_ARM_H

#include <stdbool.h>

/* Is this the tag of production ("PROD", "production", "live")? The host has the last word. */
bool arm_needs_reason(const char *tag);

#endif
