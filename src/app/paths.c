#include "app/paths.h"

#include <pwd.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"

#include "base/banned.h"

#define FOLDER "portcullis"

static const char *absolute(const char *path)
{
    return path != NULL && path[0] == '/' ? path : NULL;
}

/* Gives; NULL when nobody knows. */
static char *find_home(void)
{
    const char *home = absolute(getenv("HOME"));
    struct passwd entry;
    struct passwd *found = NULL;
    char *space, *out;

    if (home != NULL) {
        return xstrdup(home);
    }
    space = xmalloc(16384);
    getpwuid_r(geteuid(), &entry, space, 16384, &found);
    out = found != NULL && absolute(found->pw_dir) != NULL ? xstrdup(found->pw_dir) : NULL;
    free(space);
    return out;
}

/* Gives "$variable/portcullis", or "home/fallback/portcullis"; NULL when there is neither. */
static char *folder(const char *variable, const char *home, const char *fallback)
{
    const char *named = absolute(getenv(variable));
    char *base, *out;

    if (named == NULL && home == NULL) {
        return NULL;
    }
    base = named != NULL ? xstrdup(named) : file_join(home, fallback);
    out = file_join(base, FOLDER);
    free(base);
    return out;
}

struct paths *paths_new(struct err *err)
{
    struct paths *paths = xcalloc(1, sizeof(*paths));
    char *home = find_home();

    paths->config = folder("XDG_CONFIG_HOME", home, ".config");
    paths->state = folder("XDG_STATE_HOME", home, ".local/state");
    paths->cache = folder("XDG_CACHE_HOME", home, ".cache");
    free(home);
    if (paths->config == NULL || paths->state == NULL || paths->cache == NULL) {
        err_set(err, ERR_FILE,
                "There is no home folder to keep profiles in: set HOME, or XDG_CONFIG_HOME, "
                "XDG_STATE_HOME and XDG_CACHE_HOME, to absolute paths.");
        paths_free(paths);
        return NULL;
    }
    paths->profiles = file_join(paths->config, "profiles");
    return paths;
}

void paths_free(struct paths *paths)
{
    if (paths == NULL) {
        return;
    }
    free(paths->config);
    free(paths->profiles);
    free(paths->state);
    free(paths->cache);
    free(paths);
}
