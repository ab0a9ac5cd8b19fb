/* An API that answers as each case says, and what the cases of create and revoke share: an
 * organisation whose list is complete, a journal in a folder of its own, a gate. One case at a
 * time: `fx`. */
#ifndef PORTCULLIS_TESTS_APP_FAKE_API_H
#define PORTCULLIS_TESTS_APP_FAKE_API_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "app/operation.h"

#define TARGET "60571396-bd81-4e58-8c82-4858930ede0b"
#define OWN "7c9e6679-7425-40de-944b-e07fc1f90ae7"
#define OTHER_ADMIN "1b4e28ba-2fa1-41d2-883f-0016d3cca427"
#define NEW_ID "9b2e28ba-2fa1-41d2-883f-0016d3cca427"
#define WORKSPACE "6e5a9f93-ae3a-46b4-a87d-2464d373ef7e"
#define SECRET "sk7Qm2LongSecretOfANewKeyThatNobodyMayWriteDown+/x3AX"

enum call { CALL_GET, CALL_DELETE, CALL_CREATE, CALL_PAGE, CALL_COUNT };

struct answer_row {
    enum err_kind kind; /* ERR_NONE: ok */
    int times;          /* 0: for ever */
};

struct fixture {
    char folder[64];
    char *path;
    struct clock clock;
    struct loop *loop;
    struct journal *journal;
    struct gate gate;
    struct inventory *inv;
    struct operation_env env;
    struct operation *op;
    /* the server */
    struct answer_row answers[CALL_COUNT][4];
    size_t at[CALL_COUNT];
    int calls[CALL_COUNT];
    const char *server_name; /* of the target */
    const char *server_mask;
    int fitting;           /* keys in the list that fit what is made */
    bool fitting_before;   /* they are there before the POST too */
    int slow_page_ms;      /* the first page after the POST comes so late, and as it was before */
    bool list_lost;        /* the list shows no key of the kind, nor the own one */
    bool own_lacks;        /* the own key lacks the scope that lists the kind */
    const char *made_name; /* of the key that is made, when it is read back; NULL: as asked */
    const char *made_mask;
    const char *answer_id; /* in the answer to the create */
    const char *answer_key;
    const char *answer_code; /* of what is refused: "AB01" */
    char sent_body[512];     /* of the create that went out */
    bool intent_before_send; /* what the journal held when the write went out */
    int refused;
    struct operation_try kept; /* a write whose end is not known; at 0: none */
    const char *kept_seen[2];
    int settled_known, settled_unknown;
    bool is_made;
    struct scope_set scopes;       /* that are asked for */
    const struct operation *other; /* a write that runs beside that of the case */
};

extern struct fixture *fx;

int fake_setup(void **state);
int fake_teardown(void **state);
/* The answers to a call: the first for so many times (0: for ever), then the other. */
void answers(enum call call, enum err_kind first, int times, enum err_kind then);
/* Lets writes through. */
void arm(void);
/* Turns the loop until the operation has nothing under way. */
void settle(void);
struct host_operation look(void);
void review_revoke(void);
void review_create(void);
bool journal_has(const char *text);

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, fake_setup, fake_teardown)

#endif
