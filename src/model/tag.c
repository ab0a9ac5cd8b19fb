#include "model/tag.h"

#include <stddef.h>
#include <strings.h>

#include "base/banned.h"

bool tag_is_production(const char *tag)
{
    return tag != NULL && (strncasecmp(tag, "prod", 4) == 0 || strcasecmp(tag, "live") == 0);
}
