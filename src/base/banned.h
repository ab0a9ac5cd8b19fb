/* Functions that have a safer twin here. Included by every .c of ours, after the system headers. */
#ifndef PORTCULLIS_BASE_BANNED_H
#define PORTCULLIS_BASE_BANNED_H

/* Under _FORTIFY_SOURCE some of them are macros for clang; a poisoned name may not be one. */
#undef strcpy
#undef strcat
#undef strncpy
#undef strncat
#undef sprintf
#undef vsprintf

#pragma GCC poison strcpy strcat strncpy strncat sprintf vsprintf strtok atoi atol atoll gets
/* What a letter is, and what its other case, depends on the locale with these: see base/ascii.h,
 * and base/text.h for text of people. */
#undef isalnum
#undef isalpha
#undef isdigit
#undef islower
#undef ispunct
#undef isspace
#undef isupper
#undef isxdigit
#undef tolower
#undef toupper
#pragma GCC poison strcasecmp strncasecmp strcasestr strcoll strxfrm
#pragma GCC poison isalnum isalpha isdigit islower ispunct isspace isupper isxdigit tolower toupper
#pragma GCC poison gmtime localtime ctime asctime mktemp tmpnam

#endif
