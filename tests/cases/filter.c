/* Filters over a small organisation: what each text lets through, and what is said of a column that
 * is not there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "model/filter_internal.h"
#include "unit/model_org.h"

#include "base/banned.h"

/* Keys a to i. */
static struct inventory *organisation(void)
{
    struct inventory *inv = inventory_new();
    struct workspace_row pay = org_workspace(inv, 1, "ws-paymen-a1b2c3", "payments");
    struct workspace_row lab = org_workspace(inv, 2, "ws-mleval-b2c3d4", "検索 Lab");
    inventory_add_workspace(inv, &pay);
    inventory_add_workspace(inv, &lab);
    struct user_row shah = org_user(inv, 1, "R", "Shah", "r.shah@acme.example", ORG_ADMIN);
    struct user_row hanako = org_user(inv, 2, "花子", "Özgür", NULL, ORG_MEMBER);
    inventory_add_user(inv, &shah);
    inventory_add_user(inv, &hanako);
    struct member_row member = org_member(inv, 1, 1, WS_MANAGER);
    inventory_add_member(inv, &member);
    struct key_row keys[] = {
        org_key(inv, 1, "checkout-api", "9f*****Qm4", 1, 0),      /* a */
        org_key(inv, 2, "Old Notebook", "Zl*****t6N", 2, 1),      /* b */
        org_key(inv, 3, "résumé-runner", "aB*****xyz", 2, 2),     /* c */
        org_key(inv, 4, "oncall-admin", "Tb*****k3Q", 0, 0),      /* d: our own */
        org_key(inv, 5, "foo:bar", NULL, 9, 9),                   /* e: nothing is known of it */
        org_key(inv, 6, "\x1b[31mred", "Re*****dd+", 1, 0),       /* f */
        org_key(inv, 7, "a \"quoted\" =one", "q/*****qqq", 1, 0), /* g */
        org_key(inv, 8, "late", "La*****te1", 1, 0),              /* h */
        org_key(inv, 9, "", "Em*****pty", 1, 0),                  /* i */
    };
    keys[0].description = org_text(inv, "Ticket INC-2210, card payments");
    keys[3].id = inventory_id(inv, "key_not_a_uuid");
    keys[4].status = STATUS_OTHER;
    keys[4].status_text = org_word(inv, "frozen");
    keys[5].status = STATUS_EXHAUSTED;
    keys[7].expires_at = ORG_NOW - PAST_SURE_MS;
    keys[2].expires_at = ORG_NOW + 20 * ORG_DAY;
    keys[6].expires_at = ORG_NOW + 100 * ORG_DAY;
    keys[0].created_at = ORG_NOW - 3 * ORG_DAY;
    keys[1].created_at = ORG_NOW - 400 * ORG_DAY;
    org_scope(&keys[0], "logs.view");
    org_scope(&keys[0], "completions.write");
    org_scope(&keys[1], "audit_logs.list");
    keys[4].unknown_scopes = org_word(inv, "moon.rotate\nlogs.list");
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        inventory_add_key(inv, &keys[i]);
    }
    for (int list = 0; list < LIST_COUNT; list++) {
        org_complete(inv, (enum list_kind)list);
    }
    inventory_find_own(inv, "Tb", "k3Q");
    return inv;
}

static const struct keys_case {
    const char *text, *want;
} KEY_CASES[] = {
    {"", "abcdefghi"},
    {"   ", "abcdefghi"},
    {"checkout", "a"},
    {"CHECKOUT", "a"},
    {"chkapi", "a"},          /* no row has it so: the letters of a name may stand apart */
    {"\"chkapi\"", ""},       /* but not of what is quoted, */
    {"!chkapi", "abcdefghi"}, /* nor of what must not be there */
    {"ot", "bg"},             /* nor where a row has it as it stands, beside checkOuT-api */
    {"dd+", "f"},             /* the end of a mask */
    {"oa pay", "a"},          /* no row has both as they stand */
    {"inc-2210", "a"},        /* a description is not: */
    {"ic2210", ""},           /* its characters stand together */
    {"k3q", "d"},             /* the mask */
    {"\"*k3q\"", "d"},
    {"pay", "afghi"}, /* of the workspace, and of a description */
    {"検索", "bc"},
    {"花子", "c"}, /* the owner */
    {"özgür", "c"},
    {"ÖZGÜR", "c"},
    {"résumé", "c"},
    {"RESUME", "c"},    /* accents are optional, */
    {"\"résume\"", ""}, /* but not where they are typed */
    {"ozgur", "c"},
    {"rsmrnr", "c"}, /* by its letters */
    {"name:=resume-runner", "c"},
    {"!name:resume", "abdefghi"},
    {"owner:ozgur", "c"},
    {"ckéckout", ""},
    {"svc", "adfghi"},
    {"expired", "h"}, /* its status is active still: the secret is dead */
    {"exhausted", "f"},
    {"frozen", "e"}, /* a status nobody knows */
    {"you", "d"},
    {"(org)", "d"},
    {"red", "fh"},
    {"[31m", "f"},
    {"?", "e"},
    {"key_not", "d"},      /* the start of an id, */
    {"not_a", ""},         /* not its middle */
    {"old notebook", "b"}, /* both words */
    {"old checkout", ""},
    {"\"old notebook\"", "b"},
    {"\"notebook old\"", ""},
    {"!svc", "bce"},
    {"!svc !shah", "ce"},
    {"!!", "abcdefghi"},
    {"! checkout", "a"}, /* a mark alone says nothing yet */
    {"name:", "abcdefghi"},
    {"!name:", "abcdefghi"},
    {"\"\"", "abcdefghi"},
    {"name:check", "a"},
    {"name:chk", ""}, /* a column is not fuzzy */
    {"!name:check", "bcdefghi"},
    {"NAME:CHECK", "a"},
    {"name:=late", "h"},
    {"name:=lat", ""},
    {"name:=LATE", "h"},
    {"name:=", "i"},
    {"!name:=", "abcdefgh"},
    {"name:\"old note\"", "b"},
    {"name:\"=one\"", "g"}, /* quoted: no mark */
    {"\"foo:bar\"", "e"},   /* quoted: no column */
    {"name:foo:bar", "e"},
    {"\"!foo\"", ""},
    {"foo\":\"bar", "e"},
    {"owner:shah", "b"},
    {"owner:=svc", "adfghi"},
    {"owner:left", "bce"}, /* nobody is a member of the lab, and one is nobody any more */
    {"owner_state:left", "bce"},
    {"owner_state:workspace", "bc"},
    {"owner_state:organisation", "e"},
    {"owner:?", "e"},
    {"workspace:=payments", "afghi"},
    {"workspace:?", "e"},
    {"flag:x", "f"}, /* x is one flag, and X another */
    {"flag:X", "h"},
    {"flag:@", "d"},
    {"type:WU", "bce"},
    {"ty:wu", "bce"}, /* by the head of the column too */
    {"mask:?", "e"},
    {"mask:dd+", "f"},
    {"mask:qm4", "a"}, /* masks differ by case: a capital makes it count */
    {"mask:Qm4", "a"},
    {"mask:QM4", ""},
    {"!mask:qM", "abcdefghi"},
    {"mask:K3q", ""}, /* our own: its texts are made */
    {"mask:k3Q", "d"},
    {"mask:=9f*****qm4", "a"},
    {"mask:=9f*****Qm4", "a"},
    {"mask:=9F*****Qm4", ""},
    {"name:CHECKout", "a"}, /* nowhere else */
    {"status:active", "abcdgi"},
    {"status:=expired", "h"},
    {"expires:never", "abdefi"},
    {"expires:expired", "h"},
    {"scopes:=0", "cdfghi"},
    /* numbers, days, spans */
    {"scopes:>1", "ae"},
    {"scopes:>=2", "ae"},
    {"scopes:<1", "cdfghi"},
    {"scopes:<=1", "bcdfghi"},
    {"!scopes:>1", "bcdfghi"},
    {"scopes:>", "abcdefghi"}, /* nothing to hold yet */
    {"expires:<30d", "c"},     /* not what ended already */
    {"expires:<30", "c"},
    {"expires:>30d", "g"}, /* nor what never does */
    {"expires:never|>30d", "abdefgi"},
    {"!expires:<30d", "abdefghi"},
    {"created:<7d", "acdef"},
    {"created:<1w", "acdef"},
    {"created:>1y", "b"},
    {"age:>90d", "b"},
    {"age:<4", "ac"},
    {"created:>2000-01-01", "abcdefghi"},
    {"created:<2000-01-01", ""},
    /* one of several */
    {"owner:shah|花子", "bc"},
    {"!owner:shah|花子", "adefghi"},
    {"status:frozen|exhausted", "ef"},
    {"status:frozen|", "e"},
    {"checkout|notebook", "ab"},
    {"\"foo|bar\"", ""},
    {"name:=late|=", "hi"},
    /* scopes by their names */
    {"scope:logs.view", "a"},
    {"scope:logs.list", "e"}, /* not audit_logs.list */
    {"scope:*logs.list", "be"},
    {"scope:*.rotate", "e"},
    {"scope:logs.*", "ae"},
    {"scope:LOGS.VIEW", "a"},
    {"scope:audit", "b"},
    {"scope:completions.write scope:logs.view", "a"},
    {"scope:completions.write|audit_logs.list", "ab"},
    {"!scope:logs.view", "bcdefghi"},
    /* people and workspaces by what they go by */
    {"owner:r.shah@acme.example", "b"},
    {"owner:=r.shah@acme.example", "b"},
    {"workspace:ws-paymen-a1b2c3", "afghi"},
    {"workspace:=ws-paymen", ""},
    /* no more of a key than its mask shows */
    {"mask:9f*Qm4", "a"},
    {"mask:9fabcdefghijklmnopqrstuvQm4", "a"},
    {"mask:xxxxQm4", "a"},
    {"mask:9f*m4", "a"},
    {"mask:*Qm4", "a"},
    {"mask:9g*Qm4", ""},
    {"kind:organisation", "d"},
    {"description:=-", "bcdefghi"},
    {"id:key_not_a_uuid", "d"},
    {"payments !owner:shah status:active name:e", "ag"},
    {"\"old n", "b"}, /* a quote that is still open */
    {"checkout\"", "a"},
};

/* Those that have it as it stands; where none has, those that have its letters. */
static void who_passes(struct inventory *inv, const char *text, char out[16])
{
    struct field_context ctx = {.inv = inv, .now = ORG_NOW};
    struct err err = {0};
    struct filter *filter = filter_parse(LIST_KEYS, text, &err);
    assert_non_null(filter);
    filter_prepare(filter, inv);
    size_t len = 0;
    enum filter_hit best = HIT_LETTERS;
    for (size_t row = 0; row < inv->key_count; row++) {
        enum filter_hit slow = org_filter_hit(filter, &ctx, row);
        if (slow != filter_passes(filter, &ctx, row)) {
            fail_msg("\"%s\": the two ways differ on row %zu", text, row);
        }
        if (slow > best) {
            best = slow;
            len = 0;
        }
        if (slow == best) {
            out[len++] = (char)('a' + row);
        }
    }
    out[len] = '\0';
    filter_free(filter);
}

static void keys_that_pass(void **state)
{
    (void)state;
    struct inventory *inv = organisation();
    for (size_t i = 0; i < sizeof KEY_CASES / sizeof *KEY_CASES; i++) {
        char got[16];
        who_passes(inv, KEY_CASES[i].text, got);
        if (strcmp(got, KEY_CASES[i].want) != 0) {
            fail_msg("\"%s\" lets \"%s\" through, not \"%s\"", KEY_CASES[i].text, got,
                     KEY_CASES[i].want);
        }
    }
    inventory_free(inv);
}

static const struct bad_case {
    enum list_kind list;
    const char *text, *column, *offered;
} BAD_CASES[] = {
    {LIST_KEYS, "color:red", "\"color\" in keys", "workspace"},
    {LIST_KEYS, "x !color:red", "\"color\"", "mask"},
    {LIST_USERS, "mask:x", "\"mask\" in users", "mail"},
    {LIST_WORKSPACES, "owner:x", "\"owner\" in workspaces", "slug"},
    {LIST_MEMBERS, "keys:1", "\"keys\" in members", "role"},
    {LIST_KEYS, "\x1b[1m:x", "in keys", "name"},
    {LIST_KEYS, "https://x", "\"https\"", "quotes"},
    {LIST_KEYS, "ownr:x", "\"ownr\"", "did you mean \"owner\"?"},
    {LIST_KEYS, "name:<5", "\"name\"", "no order"},
    {LIST_KEYS, "expires:<soon", "\"soon\"", "a span"},
    {LIST_KEYS, "expires:>2026-02-30", "\"2026-02-30\"", "a day"},
    {LIST_KEYS, "scopes:>many", "\"many\"", "a number"},
    {LIST_KEYS, "age:>2026-01-01", "\"2026-01-01\"", "a span"},
    {LIST_WORKSPACES, "members:<-1", "\"-1\"", "a number"},
};

static void columns_that_are_not_there(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof BAD_CASES / sizeof *BAD_CASES; i++) {
        struct err err = {0};
        assert_null(filter_parse(BAD_CASES[i].list, BAD_CASES[i].text, &err));
        assert_int_equal(err.kind, ERR_INVALID);
        assert_non_null(strstr(err.text, BAD_CASES[i].column));
        assert_non_null(strstr(err.text, BAD_CASES[i].offered));
        assert_null(strchr(err.text, '\x1b'));
    }
}

static const struct narrow_case {
    const char *before, *after;
    bool narrows;
} NARROW_CASES[] = {
    {"a", "ab", true},
    {"a", "a b", true},
    {"ab", "a", false},
    {"a", "!ab", false},
    {"!a", "!ab", false},
    {"!a", "!a b", true},
    {"", "a", false},
    {"name:a", "name:ab", true},
    {"mask:a", "mask:aB", true},
    {"mask:aB", "mask:ab", false},
    {"name:=a", "name:=ab", false},
    {"a", "name:a", false},
    {"name:a", "owner:a", false},
    {"name:a", "name:=a", false},
    {"a b", "ac b", false},
    {"a b", "a bc d", true},
    {"a", "a name:", true},
    {"a name:x", "a", false},
    {"a", "a", true},
    {"\"a\"", "ab", false}, /* its letters may stand apart where those of the quoted may not */
    {"a", "\"ab\"", false},
    {"scopes:>1", "scopes:>12", false},
    {"name:a|b", "name:a|bc", true},
    {"name:a", "name:a|b", false},
    {"scope:logs", "scope:logs.view", false},
    {"mask:a", "mask:a*", false},
    {"\"a", "\"ab\"", true},
};

static void what_only_takes_away(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof NARROW_CASES / sizeof *NARROW_CASES; i++) {
        const struct narrow_case *c = &NARROW_CASES[i];
        struct filter *before = filter_parse(LIST_KEYS, c->before, NULL);
        struct filter *after = filter_parse(LIST_KEYS, c->after, NULL);
        if (filter_narrows(before, after) != c->narrows) {
            fail_msg("\"%s\" and then \"%s\"", c->before, c->after);
        }
        filter_free(before);
        filter_free(after);
    }
}

static void people_and_workspaces(void **state)
{
    (void)state;
    static const struct {
        enum list_kind list;
        const char *text;
        bool first, second;
    } CASES[] = {
        {LIST_USERS, "shah", true, false},
        {LIST_USERS, "mail:acme", true, false},
        {LIST_USERS, "mail:?", false, true},
        {LIST_USERS, "role:=admin", true, false},
        {LIST_USERS, "admin", true, false},
        {LIST_USERS, "keys:=1", true, true},
        {LIST_WORKSPACES, "mleval", false, true},
        {LIST_WORKSPACES, "検索", false, true},
        {LIST_WORKSPACES, "slug:paymen", true, false},
        {LIST_WORKSPACES, "keys:5/0", true, false},
        {LIST_USERS, "keys:>0", true, true},
        {LIST_USERS, "workspaces:>0", true, false},
        {LIST_WORKSPACES, "keys:>=5", true, false},
        {LIST_WORKSPACES, "members:<1", false, false},
        {LIST_MEMBERS, "workspace:=ws-paymen-a1b2c3", true, true},
        {LIST_MEMBERS, "admin", true, true},
        {LIST_MEMBERS, "workspace:lab", false, false},
        {LIST_MEMBERS, "mail:acme", true, true},
    };
    struct inventory *inv = organisation();
    struct field_context ctx = {.inv = inv, .now = ORG_NOW};
    struct key_row *own = &inv->keys[inv->own_key];
    org_scope(own, "organisation_service_api_keys.list");
    org_scope(own, "workspace_service_api_keys.list");
    org_scope(own, "workspace_user_api_keys.list");
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct filter *filter = filter_parse(CASES[i].list, CASES[i].text, NULL);
        size_t last = field_rows(inv, CASES[i].list) > 1 ? 1 : 0;
        if ((org_filter_hit(filter, &ctx, 0) == HIT_LITERAL) != CASES[i].first ||
            (org_filter_hit(filter, &ctx, last) == HIT_LITERAL) != CASES[i].second) {
            fail_msg("%s \"%s\"", list_name(CASES[i].list), CASES[i].text);
        }
        filter_free(filter);
    }
    inventory_free(inv);
}

/* A verdict about a workspace or an owner does not outlive what it was made of. */
static void facts_that_change(void **state)
{
    (void)state;
    struct inventory *inv = organisation();
    struct field_context ctx = {.inv = inv, .now = ORG_NOW};
    struct filter *filter = filter_parse(LIST_KEYS, "ledger", NULL);
    filter_prepare(filter, inv);
    assert_int_equal(filter_passes(filter, &ctx, 0), HIT_NONE);
    struct workspace_row pay = org_workspace(inv, 1, "ws-paymen-a1b2c3", "ledger");
    assert_false(inventory_add_workspace(inv, &pay));
    filter_prepare(filter, inv);
    assert_int_equal(filter_passes(filter, &ctx, 0), HIT_LITERAL);
    struct workspace_row ninth = org_workspace(inv, 9, "ws-ninth", "ledger 9");
    assert_true(inventory_add_workspace(inv, &ninth));
    filter_prepare(filter, inv);
    assert_int_equal(filter_passes(filter, &ctx, 4), HIT_LITERAL);
    filter_free(filter);
    inventory_free(inv);
}

/* No more of a key stays in a filter than a mask shows of it. */
static void keys_that_are_cut(void **state)
{
    (void)state;
    static const struct {
        const char *text, *cut; /* NULL: stays */
        bool whole_key;
    } CASES[] = {
        {"", NULL, false},
        {"mask:Qm4", NULL, false},
        {"mask:9f*****Qm4", NULL, false},
        {"mask:xQm4", "mask:Qm4", false},
        {"mask:0123456789012345678", "mask:678", false},
        {"mask:01234567890123456789", "mask:01*789", true},
        {"x !mask:=01234567890123456789 y", "x !mask:=01*789 y", true},
        {"MASK:\"01234567890123456789\"", "MASK:\"01*789\"", true},
        {"mask:abc|01234567890123456789", "mask:abc|01*789", true},
        {"mask:01*7890", "mask:01*890", false},
        {"mask:0123*890", "mask:01*890", false},
        {"name:01234567890123456789", NULL, false},
        {"unmask:01234567890123456789", NULL, false},
        {"mask:検索検索", "mask:索", false},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct buf out;
        buf_init(&out, 0);
        assert_int_equal(filter_cut_masks(CASES[i].text, &out), CASES[i].cut != NULL);
        assert_string_equal(out.data, CASES[i].cut != NULL ? CASES[i].cut : CASES[i].text);
        assert_int_equal(filter_holds_key(CASES[i].text), CASES[i].whole_key);
        buf_done(&out);
    }
}

int main(void)
{
    setlocale(LC_ALL, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_that_pass),       cmocka_unit_test(columns_that_are_not_there),
        cmocka_unit_test(what_only_takes_away), cmocka_unit_test(people_and_workspaces),
        cmocka_unit_test(facts_that_change),    cmocka_unit_test(keys_that_are_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
