/* The organisation of the fake host: who and what is in it. */
#ifndef PORTCULLIS_PANES_FAKE_ORG_H
#define PORTCULLIS_PANES_FAKE_ORG_H

#include <stddef.h>
#include <stdint.h>

#include "model/inventory.h"

/* Gives. extra: that many more keys. */
struct inventory *fake_org_new(int64_t now, size_t extra);

#endif
