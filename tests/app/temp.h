/* A folder of its own for each test, taken away with all that is in it. */
#ifndef PORTCULLIS_TESTS_APP_TEMP_H
#define PORTCULLIS_TESTS_APP_TEMP_H

void temp_remove(const char *folder);

#endif
