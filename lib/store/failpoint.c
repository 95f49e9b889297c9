#include "lib/store/failpoint.h"

#ifdef SPP_FAILPOINTS
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Journal writes by what a commit holds, and calls of the driver. */
const char *const spp_failpoints[] = {
	"journal.plan",
	"journal.start",
	"journal.intent",
	"journal.reply",
	"journal.read",
	"journal.step",
	"journal.wait",
	"journal.back",
	"journal.end",
	"journal.finish",
	"call.attach",
	"call.route",
	"call.open_sub",
	"call.close_sub",
	"call.detach",
	"call.cancel",
	"call.get",
	"call.subs",
	"call.evidence",
	NULL,
};

/* A place that is in no list would never be tested. */
static void check_listed(const char *place, size_t length)
{
	for (size_t i = 0; spp_failpoints[i] != NULL; i++) {
		if (strlen(spp_failpoints[i]) == length &&
			strncmp(spp_failpoints[i], place, length) == 0)
			return;
	}
	fprintf(stderr, "failpoint %.*s is not listed\n", (int)length, place);
	abort();
}

void spp_failpoint(
	const char *what, const char *name, enum spp_failpoint_side side)
{
	static unsigned long hits;
	const char *wanted = getenv("SPP_FAILPOINT");
	unsigned long number = 1;
	const char *at;
	char place[64];
	int stem = snprintf(place, sizeof place, "%s.%s", what, name);

	check_listed(place, (size_t)stem);
	snprintf(place + stem, sizeof place - (size_t)stem, ".%s",
		side == SPP_FAILPOINT_BEFORE ? "before" : "after");
	if (wanted == NULL)
		return;
	at = strchr(wanted, '@');
	if (at != NULL)
		number = strtoul(at + 1, NULL, 10);
	else
		at = wanted + strlen(wanted);
	if (strlen(place) != (size_t)(at - wanted) ||
		strncmp(place, wanted, strlen(place)) != 0)
		return;
	if (++hits == number)
		kill(getpid(), SIGKILL);
}
#else
/* A file of C must not be empty. */
typedef int spp_no_failpoints;
#endif
