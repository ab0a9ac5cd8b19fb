/* The program behind ui/host.h: the screens' one door. Made for one app; holds what only screens
 * need (the login form's progress, a saved draft, what is known of other profiles). */
#ifndef PORTCULLIS_APP_HOST_H
#define PORTCULLIS_APP_HOST_H

#include "app/app.h"
#include "ui/host.h"

struct app_host;

/* Gives. changed: the screens' data changed; say: a sentence for the message line; quit: the
 * operator wants to leave. */
struct app_host_hooks {
    void (*changed)(void *ctx);
    void (*say)(void *ctx, bool bad, const char *text);
    void (*quit)(void *ctx);
    void *ctx;
};
struct app_host *app_host_new(struct app *app, const struct app_host_hooks *hooks);
void app_host_free(struct app_host *host);
/* Lends what ui_new takes. */
const struct host *app_host_door(struct app_host *host);
/* Nothing is under way that the screen waits for. */
bool app_host_idle(const struct app_host *host);
/* Reads the profile folder again. */
void app_host_reload_profiles(struct app_host *host);

#endif
