#include "model/tag.h"

#include <stddef.h>

#include "base/ascii.h"

#include "base/banned.h"

bool tag_is_production(const char *tag)
{
    return tag != NULL && (ascii_same_start(tag, "prod", 4) || ascii_same(tag, "live"));
}
