/* What was left in the wizard, one draft a profile: a draft of one organisation never shows up in
 * another. */
#include <stdlib.h>
#include <string.h>

#include "app/host_internal.h"
#include "base/alloc.h"

#include "base/banned.h"

static struct kept_draft *find(const struct app_host *host, const char *profile)
{
    for (size_t i = 0; i < host->draft_count; i++) {
        if (strcmp(host->drafts[i].profile, profile) == 0) {
            return &host->drafts[i];
        }
    }
    return NULL;
}

const struct key_draft *host_saved_draft(void *ctx, const char *profile)
{
    const struct kept_draft *kept = find(ctx, profile);

    return kept == NULL ? NULL : &kept->draft;
}

static void forget(struct app_host *host, struct kept_draft *kept)
{
    free(kept->profile);
    *kept = host->drafts[--host->draft_count];
}

void host_save_draft(void *ctx, const char *profile, const struct key_draft *draft)
{
    struct app_host *host = ctx;
    struct kept_draft *kept = find(host, profile);

    if (draft == NULL) {
        if (kept != NULL) {
            forget(host, kept);
        }
        return;
    }
    if (kept == NULL) {
        host->drafts =
            xgrow(host->drafts, &host->draft_cap, host->draft_count + 1, sizeof(*host->drafts));
        kept = &host->drafts[host->draft_count++];
        kept->profile = xstrdup(profile);
    }
    /* It may be the one that was lent. */
    if (draft != &kept->draft) {
        kept->draft = *draft;
    }
}

void host_drop_made(void *ctx, const struct key_draft *made)
{
    struct app_host *host = ctx;
    struct kept_draft *kept = find(host, session_profile_name(host->app->session));

    /* It may be another by now. Not the expiry: days became a time when it was reviewed. */
    if (kept != NULL && kept->draft.kind == made->kind &&
        strcmp(kept->draft.name, made->name) == 0 &&
        strcmp(kept->draft.workspace, made->workspace) == 0 &&
        strcmp(kept->draft.description, made->description) == 0 &&
        scope_set_equal(&kept->draft.scopes, &made->scopes)) {
        forget(host, kept);
    }
}

void host_drop_drafts(struct app_host *host)
{
    while (host->draft_count > 0) {
        forget(host, &host->drafts[0]);
    }
    free(host->drafts);
    host->drafts = NULL;
}
