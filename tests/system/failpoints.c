/* Print the failpoints of this build, one a line; none in a usual build. */
#include "lib/store/failpoint.h"

#include <stdio.h>

int main(void)
{
#ifdef SPP_FAILPOINTS
	for (size_t i = 0; spp_failpoints[i] != NULL; i++)
		printf("%s.before\n%s.after\n", spp_failpoints[i],
			spp_failpoints[i]);
#endif
	return 0;
}
