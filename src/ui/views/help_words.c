#include "ui/views/help_words.h"

#include <string.h>

#include "model/field.h"

#include "base/banned.h"

static const struct column_words {
    enum list_kind list;
    const char *key, *words;
} COLUMNS[];

const char *help_column(enum list_kind list, const char *key)
{
    for (const struct column_words *column = COLUMNS; column->key != NULL; column++) {
        if (column->list == list && strcmp(column->key, key) == 0) {
            return column->words;
        }
    }
    return NULL;
}

static void columns(enum list_kind list, const char *title, struct doc *doc)
{
    size_t count;
    const struct field *fields = field_table(list, &count);

    doc_section(doc, 0, "%s", title);
    for (size_t i = 0; i < count; i++) {
        const char *words = help_column(list, fields[i].key);

        if (words != NULL) {
            doc_field(doc, fields[i].label, STYLE_NORMAL, "%s", words);
        }
    }
}

static void row_signs(struct doc *doc)
{
    doc_section(doc, 0, "Signs");
    doc_field(doc, "!", STYLE_WARN,
              "second cell: look twice: it ends within 7 days, can make or change keys, or has 50 "
              "scopes and more");
    doc_field(doc, "@", STYLE_OWN, "your own key");
    doc_field(doc, "X", STYLE_BAD, "expired: the server accepts it no more");
    doc_field(doc, "?", STYLE_WARN,
              "in front: the server answers no more for its id; r reads the list again");
    doc_field(doc, "x", STYLE_BAD,
              "calls no models, its budget used up or a limit of 0; its other scopes work");
    doc_field(doc, "~", STYLE_NORMAL, "rotates by itself");
    doc_field(doc, "..", STYLE_NORMAL, "in a text: there is more of it");
}

static void unknown_sign(struct doc *doc)
{
    doc_field(doc, "?", STYLE_WARN, "is there, but could not be read; 0 means asked and none");
}

static void risk_letters(struct doc *doc)
{
    doc_section(doc, 0, "Risk: what scopes can do");
    doc_field(doc, "M", STYLE_WARN, "make or change keys");
    doc_field(doc, "P", STYLE_WARN, "change people");
    doc_field(doc, "D", STYLE_WARN, "delete");
    doc_field(doc, "C", STYLE_WARN,
              "change what runs: prompts, configs, guardrails, policies, plugins, servers");
    doc_field(doc, "L", STYLE_WARN, "read logs");
    doc_field(doc, "A", STYLE_WARN, "read the audit log");
    doc_field(doc, "O", STYLE_WARN, "change the organisation");
    doc_field(doc, "V", STYLE_WARN, "change providers and models");
    doc_field(doc, "- !L", STYLE_NORMAL,
              "-: cannot do that one; !L behind a scope: it is the one that can");
}

static void filter(enum list_kind list, struct doc *doc)
{
    bool keys = list == LIST_KEYS;

    doc_section(doc, 0, "Filter");
    doc_field(
        doc, keys ? "gira" : "ann", STYLE_NORMAL,
        "anywhere in a row, as it stands. Only where no row had all the words so when they were"
        " typed: the letters in this order in a name; then \"fuzzy\" stands beside the"
        " counts");
    doc_field(doc, keys ? "mask:RvI" : "name:ann", STYLE_NORMAL, "%s",
              keys ? "in that column: find a leaked key so, by its last characters. In masks a"
                     " capital makes case count"
                   : "in that column");
    doc_field(doc, keys ? "expires:<30d" : "role:admin", STYLE_NORMAL, "%s",
              keys ? "numbers, days and spans compare: created:>=2026-09-01 age:>90d scopes:>50"
                   : "in that column as it is written; numbers and days compare: keys:>0");
    doc_field(doc, "name:=gira", STYLE_NORMAL, "the column is gira and nothing else");
    doc_field(doc, keys ? "status:a|b" : "role:a|b", STYLE_NORMAL, "one of them");
    if (keys) {
        doc_field(doc, "scope:logs.*", STYLE_NORMAL,
                  "a scope that the key has: logs.view, *.rotate");
    }
    doc_field(doc, "!word", STYLE_NORMAL, "the rows that do not have it");
    doc_field(doc, "\"two words\"", STYLE_NORMAL, "keep their blank, and are never fuzzy");
}

static void grid_marks(struct doc *doc)
{
    doc_section(doc, 0, "The grid of scopes");
    doc_field(doc, "[x] [ ]", STYLE_NORMAL, "the key gets the scope, or not");
    doc_field(doc, "!", STYLE_WARN, "behind a box: a scope that can do harm");
    doc_field(doc, "-", STYLE_NORMAL, "the scope exists, but not for a key of this kind");
    doc_field(doc, ".", STYLE_NORMAL, "there is no such scope");
    doc_field(doc, ">", STYLE_NORMAL, "more scopes to the right");
    doc_field(doc, "^3 v12", STYLE_NORMAL, "so many lines are out of sight above and below");
}

void help_signs(const char *view, struct doc *doc)
{
    bool keys = strcmp(view, "keys") == 0;
    bool workspaces = strcmp(view, "workspaces") == 0;
    bool members = strcmp(view, "members") == 0;

    if (keys) {
        columns(LIST_KEYS, "Columns", doc);
        row_signs(doc);
    } else if (workspaces) {
        columns(LIST_WORKSPACES, "Columns", doc);
        doc_section(doc, 0, "Signs");
    } else if (members) {
        columns(LIST_USERS, "Columns: the people of the organisation", doc);
        columns(LIST_MEMBERS, "Columns: the members of one workspace", doc);
        doc_section(doc, 0, "Signs");
    } else if (strcmp(view, "key") == 0 || strcmp(view, "member") == 0 ||
               strcmp(view, "workspace") == 0 || strcmp(view, "revoke") == 0) {
        row_signs(doc);
        unknown_sign(doc);
        risk_letters(doc);
    } else if (strcmp(view, "create") == 0) {
        grid_marks(doc);
    }
    if (keys || workspaces || members) {
        doc_field(doc, "*", STYLE_MARKED, "marked");
        doc_field(doc, "1 more >", STYLE_NORMAL,
                  "columns that are chosen and out of sight: Right scrolls to them, Left back");
        doc_field(doc, "^ v", STYLE_NORMAL, "behind a head: sorted by it, rising or falling");
        unknown_sign(doc);
    }
    if (keys) {
        risk_letters(doc);
    }
    if (keys || workspaces || members) {
        filter(keys ? LIST_KEYS : LIST_USERS, doc);
    }
}

static const struct column_words COLUMNS[] = {
    {LIST_KEYS, "flag", "its state, then ! for a second look: see below"},
    {LIST_KEYS, "name", "its name; (YOU) is your own key"},
    {LIST_KEYS, "type",
     "WS: service key of a workspace; WU: key of a person in a workspace; OS: service key of the"
     " organisation, an admin key"},
    {LIST_KEYS, "workspace", "where it works; (org): the whole organisation"},
    {LIST_KEYS, "owner", "whose it is; svc: a service's, nobody's"},
    {LIST_KEYS, "mask", "what is known of the secret: its first and last characters"},
    {LIST_KEYS, "expires", "when it ends"},
    {LIST_KEYS, "scopes", "how many scopes it has"},
    {LIST_KEYS, "status", "as the server tells it, or expired when its time is over"},
    {LIST_KEYS, "risk", "what its scopes can do, a letter each: see below"},
    {LIST_KEYS, "rotation", "how often its secret is renewed"},
    {LIST_KEYS, "limits", "rate limits and budget"},
    {LIST_KEYS, "created", "when it was made"},
    {LIST_KEYS, "mode", "what made it: ui, api, auto"},
    {LIST_KEYS, "kind", "its type in words"},
    {LIST_KEYS, "updated", "when it was changed last"},
    {LIST_KEYS, "age", "how long ago it was made"},
    {LIST_KEYS, "scope", "all of its scopes"},
    {LIST_KEYS, "owner_mail", "the mail of its owner"},
    {LIST_KEYS, "owner_state", "member, or that its owner left the workspace or the organisation"},
    {LIST_KEYS, "owner_id", "the id of its owner"},
    {LIST_KEYS, "workspace_id", "the id of its workspace"},
    {LIST_KEYS, "description", "what somebody wrote about it"},
    {LIST_KEYS, "id", "what the API calls it"},
    {LIST_WORKSPACES, "name", "its name"},
    {LIST_WORKSPACES, "slug", "its short name for the API"},
    {LIST_WORKSPACES, "members", "people: admins (the organisation's too) / managers / members"},
    {LIST_WORKSPACES, "keys", "keys: of services / of persons"},
    {LIST_WORKSPACES, "limits", "limits for the whole workspace"},
    {LIST_WORKSPACES, "make", "may its members make keys?"},
    {LIST_WORKSPACES, "scim", "do its people come from an identity provider (SCIM)?"},
    {LIST_WORKSPACES, "view", "may its members see keys?"},
    {LIST_WORKSPACES, "logs", "may its members see logs?"},
    {LIST_WORKSPACES, "default", "is it the default workspace?"},
    {LIST_WORKSPACES, "status", "as the server tells it"},
    {LIST_WORKSPACES, "created", "when it was made"},
    {LIST_WORKSPACES, "admins", "how many act as admin of it, those of the organisation too"},
    {LIST_WORKSPACES, "managers", "how many are managers of it"},
    {LIST_WORKSPACES, "plain_members", "how many are members of it, and no more"},
    {LIST_WORKSPACES, "service_keys", "how many keys of services it has"},
    {LIST_WORKSPACES, "user_keys", "how many keys of people it has"},
    {LIST_WORKSPACES, "description", "what somebody wrote about it"},
    {LIST_WORKSPACES, "id", "what the API calls it"},
    {LIST_USERS, "name", "first and last name"},
    {LIST_USERS, "mail", "mail address"},
    {LIST_USERS, "role", "role in the organisation"},
    {LIST_USERS, "workspaces", "how many workspaces the person is a member of"},
    {LIST_USERS, "keys", "how many keys the person owns"},
    {LIST_USERS, "roles", "the role in each workspace"},
    {LIST_USERS, "org", "the role in the organisation"},
    {LIST_USERS, "since", "in the organisation since"},
    {LIST_USERS, "make", "where the person may make keys, by role and switches"},
    {LIST_USERS, "id", "what the API calls the person"},
    {LIST_MEMBERS, "name", "first and last name"},
    {LIST_MEMBERS, "mail", "mail address"},
    {LIST_MEMBERS, "role", "role in the workspace"},
    {LIST_MEMBERS, "org", "role in the organisation"},
    {LIST_MEMBERS, "workspace", "the workspace"},
    {LIST_MEMBERS, "since", "in the workspace since"},
    {LIST_MEMBERS, "id", "what the API calls the person"},
    {LIST_COUNT, NULL, NULL},
};
