/* What the files of the transport share. Included by transport_*.c only. */
#ifndef PORTCULLIS_API_TRANSPORT_INTERNAL_H
#define PORTCULLIS_API_TRANSPORT_INTERNAL_H

#include "api/transport.h"

/* An address in text form that never leaves this machine. */
bool transport_ip_is_loopback(const char *text);
/* The proxy that libcurl is to be told: "" none, NULL: as the environment says. Gives. */
char *transport_proxy(const struct transport_config *config);

#endif
