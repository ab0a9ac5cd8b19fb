#include "app/temp.h"

#include <ftw.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/banned.h"

static int take_away(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st;
    (void)kind;
    (void)at;
    return remove(path);
}

void temp_remove(const char *folder)
{
    (void)nftw(folder, take_away, 16, FTW_DEPTH | FTW_PHYS);
}
