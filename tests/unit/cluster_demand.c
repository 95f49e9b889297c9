/* Demand, background, quanta and what is filled in, against hand figures. */
#include "tests/unit/test.h"

#include "tests/unit/assign_world.h"

#define TWO_PLATFORMS                                                          \
	"{\"type\":\"platform\",\"platform\":\"p1\",\"capacity\":{"            \
	"\"cpu\":8,\"memory\":1e9,\"disk\":1e12,\"network_in\":1e8,"           \
	"\"network_out\":1e8}}\n"                                              \
	"{\"type\":\"platform\",\"platform\":\"p2\",\"capacity\":{"            \
	"\"cpu\":8,\"network_in\":1e8,\"network_out\":1e8}}\n"

static double mean_of(const struct spp_cluster *cluster,
	const struct spp_item *item, const char *resource, size_t slot)
{
	return item->mean[spp_cluster_resource(cluster, resource) *
				  cluster->slots +
			  slot];
}

static double variance_of(const struct spp_cluster *cluster,
	const struct spp_item *item, const char *resource, size_t slot)
{
	return item->variance[spp_cluster_resource(cluster, resource) *
				      cluster->slots +
			      slot];
}

/*
 * One leader, one follower, two subscriptions: 1 MB/s and 1,000 records/s
 * come in, "a" takes all of it over 4 connections, "b" half.
 */
static void test_example(void)
{
	static const char text[] = TWO_PLATFORMS
		"{\"type\":\"partition\",\"stream\":\"s\",\"partition\":1,"
		"\"replicas\":[\"p1\",\"p2\"],\"size_bytes\":5e9}\n"
		"{\"type\":\"subscription\",\"subscriber\":\"a\",\"stream\":"
		"\"s\",\"partition\":1,\"connections\":4}\n"
		"{\"type\":\"forecast\",\"stream\":\"s\",\"partition\":1,"
		"\"start\":\"2026-01-01T00:00:00Z\",\"slot_s\":[60],"
		"\"mean\":{\"bytes\":[1e6],\"records\":[1000]},"
		"\"sd\":{\"bytes\":[1e5],\"records\":[100]}}\n"
		"{\"type\":\"forecast\",\"stream\":\"s\",\"partition\":1,"
		"\"subscriber\":\"a\",\"start\":\"2026-01-01T00:00:00Z\","
		"\"slot_s\":[60],\"mean\":{\"bytes\":[1e6],\"records\":[1000]},"
		"\"sd\":{\"bytes\":[1e5],\"records\":[100]}}\n"
		"{\"type\":\"forecast\",\"stream\":\"s\",\"partition\":1,"
		"\"subscriber\":\"b\",\"start\":\"2026-01-01T00:00:00Z\","
		"\"slot_s\":[60],\"mean\":{\"bytes\":[5e5],\"records\":[500]},"
		"\"sd\":{\"bytes\":[5e4],\"records\":[50]}}\n";
	const struct spp_cluster *cluster;
	struct world world;

	world_read(&world, text, NULL);
	cluster = world.cluster;
	if (!CHECK(cluster != NULL))
		return;
	/* cpu: 4e-9 1e6 + 2e-6 1e3 + 1e-9 1e6 = .007 for the leader, .001 +
	   .0005 + .0004 for "a", .0005 + .00025 + .0001 for "b". */
	CHECK(world_near(
		mean_of(cluster, cluster->leader, "cpu", 0), 0.00975, 1e-12));
	CHECK(world_near(
		mean_of(cluster, cluster->follower, "cpu", 0), 0.002, 1e-12));
	/* Deviations add within the leader: .0007 + .00015 + .000075. */
	CHECK(world_near(variance_of(cluster, cluster->leader, "cpu", 0),
		0.000925 * 0.000925, 1e-12));
	CHECK(mean_of(cluster, cluster->leader, "network_in", 0) == 1e6);
	CHECK(mean_of(cluster, cluster->leader, "network_out", 0) == 2.5e6);
	CHECK(mean_of(cluster, cluster->follower, "network_in", 0) == 1e6);
	CHECK(mean_of(cluster, cluster->follower, "network_out", 0) == 0);
	CHECK(mean_of(cluster, cluster->leader, "memory", 0) == 0);
	CHECK(mean_of(cluster, cluster->leader, "disk", 0) == 5e9);
	CHECK(variance_of(cluster, cluster->leader, "disk", 0) == 0);
	/* A resource that a platform does not name is unlimited there. */
	CHECK(isinf(cluster->capacity[cluster->resources + cluster->disk]));
	CHECK(cluster->hard[cluster->disk] && !cluster->hard[cluster->cpu]);
	CHECK(cluster->subscriptions == 2 && cluster->connections[1] == 1);
	world_free(&world);
}

/* The example that spp(7) works by hand. */
static void test_manual(void)
{
	static const char text[] = TWO_PLATFORMS
		"{\"type\":\"platform\",\"platform\":\"p3\",\"capacity\":{"
		"\"cpu\":8}}\n"
		"{\"type\":\"partition\",\"stream\":\"s\",\"partition\":1,"
		"\"replicas\":[\"p1\",\"p2\",\"p3\"]}\n"
		"{\"type\":\"subscription\",\"subscriber\":\"a\",\"stream\":"
		"\"s\",\"partition\":1,\"connections\":4}\n"
		"{\"type\":\"forecast\",\"stream\":\"s\",\"partition\":1,"
		"\"start\":\"2026-01-01T00:00:00Z\",\"slot_s\":[60],"
		"\"mean\":{\"bytes\":[1e6],\"records\":[1000]},"
		"\"sd\":{\"bytes\":[0],\"records\":[0]}}\n"
		"{\"type\":\"forecast\",\"stream\":\"s\",\"partition\":1,"
		"\"subscriber\":\"a\",\"start\":\"2026-01-01T00:00:00Z\","
		"\"slot_s\":[60],\"mean\":{\"bytes\":[1e6],\"records\":[1000]},"
		"\"sd\":{\"bytes\":[0],\"records\":[0]}}\n";
	const struct spp_cluster *cluster;
	struct world world;

	world_read(&world, text, NULL);
	cluster = world.cluster;
	if (!CHECK(cluster != NULL))
		return;
	CHECK(world_near(mean_of(cluster, cluster->leader, "cpu", 0),
		0.008 + 0.0019, 1e-12));
	CHECK(mean_of(cluster, cluster->leader, "network_in", 0) == 1e6);
	CHECK(mean_of(cluster, cluster->leader, "network_out", 0) == 3e6);
	CHECK(world_near(
		mean_of(cluster, cluster->follower, "cpu", 0), 0.002, 1e-12));
	CHECK(mean_of(cluster, cluster->follower, "network_in", 0) == 1e6);
	world_free(&world);
}

/* A record of coefficients stands for all of its resource. */
static void test_model(void)
{
	static const char text[] = TWO_PLATFORMS
		"{\"type\":\"resource_model\",\"resource\":\"cpu\",\"leader\":{"
		"\"base\":0.5,\"per_byte\":1e-6},\"subscription\":{"
		"\"per_connection\":0.25}}\n"
		"{\"type\":\"resource_model\",\"resource\":\"memory\","
		"\"follower\":{\"base\":1e6,\"per_byte\":2}}\n"
		"{\"type\":\"resource_model\",\"resource\":\"gpu\"}\n"
		"{\"type\":\"partition\",\"stream\":\"s\",\"partition\":1,"
		"\"replicas\":[\"p1\",\"p2\"]}\n"
		"{\"type\":\"subscription\",\"subscriber\":\"a\",\"stream\":"
		"\"s\",\"partition\":1,\"connections\":2}\n"
		"{\"type\":\"forecast\",\"stream\":\"s\",\"partition\":1,"
		"\"start\":\"2026-01-01T00:00:00Z\",\"slot_s\":[60],"
		"\"mean\":{\"bytes\":[1e6]},\"sd\":{\"bytes\":[0]}}\n";
	const struct spp_cluster *cluster;
	struct world world;

	world_read(&world, text, NULL);
	cluster = world.cluster;
	if (!CHECK(cluster != NULL))
		return;
	CHECK(mean_of(cluster, cluster->leader, "cpu", 0) == 0.5 + 1 + 0.5);
	CHECK(mean_of(cluster, cluster->follower, "cpu", 0) == 0);
	CHECK(mean_of(cluster, cluster->leader, "memory", 0) == 0);
	CHECK(mean_of(cluster, cluster->follower, "memory", 0) == 3e6);
	CHECK(spp_cluster_resource(cluster, "gpu") == SPP_NOWHERE);
	CHECK(spp_cluster_subscription(cluster, 0, "a") == 0);
	CHECK(spp_cluster_subscription(cluster, 0, "b") == SPP_NOWHERE);
	CHECK(spp_cluster_partition(cluster, "t", "1") == SPP_NOWHERE);
	world_free(&world);
}

/* Disk with retention: what comes, less what is dropped. */
static void test_disk(void)
{
	static const char text[] = TWO_PLATFORMS
		"{\"type\":\"partition\",\"stream\":\"s\",\"partition\":1,"
		"\"replicas\":[\"p1\"],\"size_bytes\":1e8,"
		"\"retention_bytes\":2.5e8}\n"
		"{\"type\":\"partition\",\"stream\":\"s\",\"partition\":2,"
		"\"replicas\":[\"p1\"],\"size_bytes\":1e8,"
		"\"retention_s\":150}\n"
		"{\"type\":\"forecast\",\"stream\":\"s\",\"partition\":1,"
		"\"start\":\"2026-01-01T00:00:00Z\",\"slot_s\":[60,60,60],"
		"\"mean\":{\"bytes\":[1e6,1e6,2e6]},"
		"\"sd\":{\"bytes\":[0,0,0]}}\n"
		"{\"type\":\"forecast\",\"stream\":\"s\",\"partition\":2,"
		"\"start\":\"2026-01-01T00:00:00Z\",\"slot_s\":[60,60,60],"
		"\"mean\":{\"bytes\":[1e6,1e6,2e6]},"
		"\"sd\":{\"bytes\":[0,0,0]}}\n";
	const struct spp_cluster *cluster;
	struct world world;

	world_read(&world, text, NULL);
	cluster = world.cluster;
	if (!CHECK(cluster != NULL))
		return;
	CHECK(mean_of(cluster, cluster->leader, "disk", 0) == 1.6e8);
	CHECK(mean_of(cluster, cluster->leader, "disk", 1) == 2.2e8);
	CHECK(mean_of(cluster, cluster->leader, "disk", 2) == 2.5e8);
	CHECK(mean_of(cluster, cluster->leader + 1, "disk", 0) == 1.5e8);
	CHECK(mean_of(cluster, cluster->leader + 1, "disk", 1) == 1.5e8);
	CHECK(mean_of(cluster, cluster->leader + 1, "disk", 2) == 3e8);
	world_free(&world);
}

#define ONE_FORECAST                                                           \
	"{\"type\":\"partition\",\"stream\":\"s\",\"partition\":1,"            \
	"\"replicas\":[\"p1\",\"p2\"]%s}\n"                                    \
	"{\"type\":\"forecast\",\"stream\":\"s\",\"partition\":1,"             \
	"\"start\":\"2026-01-01T00:00:00Z\",\"slot_s\":[60],"                  \
	"\"mean\":{\"bytes\":[1e6]},\"sd\":{\"bytes\":[0]},"                   \
	"\"last\":{\"bytes\":2e6}}\n"

static void read_measured(
	struct world *world, double first, double second, const char *more)
{
	struct spp_buf text = {0};

	spp_buf_format(&text,
		"{\"type\":\"platform\",\"platform\":\"p1\",\"capacity\":{"
		"\"network_in\":1e8,\"memory\":1e9},\"load\":{"
		"\"network_in\":%.0f,\"memory\":3e8},"
		"\"measured_at\":\"2026-01-01T00:00:00Z\"}\n"
		"{\"type\":\"platform\",\"platform\":\"p2\",\"capacity\":{"
		"\"network_in\":1e8},\"load\":{\"network_in\":%.0f}}"
		"\n" ONE_FORECAST,
		first, second, more);
	spp_buf_char(&text, '\0');
	world_read(world, text.data, NULL);
	spp_buf_free(&text);
}

/* Modelled are 2 MB/s on each, from the last rates. */
static void test_background(void)
{
	struct world world;
	size_t in;

	read_measured(&world, 2.5e6, 2.2e6, "");
	if (!CHECK(world.cluster != NULL))
		return;
	in = world.cluster->network_in;
	CHECK(world.cluster->background[in] == 0.5e6);
	CHECK(world.cluster->background[world.cluster->resources + in] ==
		0.2e6);
	CHECK(world.cluster->background[world.cluster->memory] == 3e8);
	CHECK(world.warnings.count == 0);
	world_free(&world);

	/* 6 measured for 4 modelled: coefficients times 1.5, then 3 each. */
	read_measured(&world, 4e6, 2e6, "");
	if (!CHECK(world.cluster != NULL))
		return;
	in = world.cluster->network_in;
	CHECK(world.cluster->model[in].per_byte == 1.5);
	CHECK(world.cluster->model[in].follower_per_byte == 1.5);
	CHECK(world.cluster->background[in] == 1e6);
	CHECK(world.cluster->background[world.cluster->resources + in] == 0);
	CHECK(mean_of(world.cluster, world.cluster->leader, "network_in", 0) ==
		1.5e6);
	CHECK(world.warnings.count == 1);
	world_free(&world);

	/* Measured before the last move there: not used. */
	read_measured(
		&world, 2.5e6, 2.2e6, ",\"moved_at\":\"2026-01-01T00:00:01Z\"");
	if (!CHECK(world.cluster != NULL))
		return;
	in = world.cluster->network_in;
	CHECK(world.cluster->background[in] == 0);
	CHECK(world.cluster->background[world.cluster->memory] == 0);
	CHECK(world.cluster->background[world.cluster->resources + in] ==
		0.2e6);
	CHECK(world.warnings.count == 1);
	world_free(&world);
}

static bool whole(double value, double quantum)
{
	return value / quantum == floor(value / quantum) &&
	       fabs(value / quantum) < 0x1p53;
}

/* Sums of quanta are exact in any order; the quantum is the least. */
static void test_quanta(void)
{
	struct world_shape shape = {.platforms = 5,
		.partitions = 40,
		.replicas = 3,
		.slots = 4,
		.slot_s = 60,
		.load = 3.3e6,
		.capacity = 1e8,
		.size = 7e8,
		.factors = true};
	const struct spp_cluster *cluster;
	struct world world;

	world_make(&world, &shape, 1);
	cluster = world.cluster;
	if (!CHECK(cluster != NULL))
		return;
	for (size_t c = 0; c < cluster->cells; c++) {
		size_t r = c / cluster->slots;
		double total = 0, back = 0;

		for (size_t p = 0; p < cluster->partitions; p++) {
			CHECK(whole(cluster->leader[p].mean[c],
				cluster->quantum_mean[r]));
			CHECK(whole(cluster->leader[p].variance[c],
				cluster->quantum_variance[r]));
			CHECK(whole(cluster->leader[p].loading[c],
				cluster->quantum_loading[r]));
			total += cluster->leader[p].mean[c] +
			         2 * cluster->follower[p].mean[c];
		}
		for (size_t p = cluster->partitions; p-- > 0;)
			back += 2 * cluster->follower[p].mean[c] +
			        cluster->leader[p].mean[c];
		CHECK(total == back);
		CHECK(total < 0x1p53 * cluster->quantum_mean[r]);
	}
	world_free(&world);
}

/* Missing forecasts: the median of the stream's, else of all. */
static void test_missing(void)
{
	static const char text[] = TWO_PLATFORMS
		"{\"type\":\"partition\",\"stream\":\"s\",\"partition\":1,"
		"\"replicas\":[\"p1\"]}\n"
		"{\"type\":\"partition\",\"stream\":\"s\",\"partition\":2,"
		"\"replicas\":[\"p1\"]}\n"
		"{\"type\":\"partition\",\"stream\":\"s\",\"partition\":3,"
		"\"replicas\":[\"p1\"]}\n"
		"{\"type\":\"partition\",\"stream\":\"t\",\"partition\":1,"
		"\"replicas\":[\"p1\"]}\n"
		"{\"type\":\"partition\",\"stream\":\"u\",\"partition\":1,"
		"\"replicas\":[\"p1\"]}\n"
		"{\"type\":\"forecast\",\"stream\":\"s\",\"partition\":1,"
		"\"start\":\"2026-01-01T00:00:00Z\",\"slot_s\":[60],"
		"\"mean\":{\"bytes\":[100]},\"sd\":{\"bytes\":[10]}}\n"
		"{\"type\":\"forecast\",\"stream\":\"s\",\"partition\":2,"
		"\"start\":\"2026-01-01T00:00:00Z\",\"slot_s\":[60],"
		"\"mean\":{\"bytes\":[300]},\"sd\":{\"bytes\":[20]}}\n"
		"{\"type\":\"forecast\",\"stream\":\"u\",\"partition\":1,"
		"\"subscriber\":\"a\",\"start\":\"2026-01-01T00:00:00Z\","
		"\"slot_s\":[60],\"mean\":{\"bytes\":[50]},"
		"\"sd\":{\"bytes\":[5]}}\n"
		"{\"type\":\"forecast\",\"stream\":\"u\",\"partition\":1,"
		"\"subscriber\":\"b\",\"start\":\"2026-01-01T00:00:00Z\","
		"\"slot_s\":[60],\"mean\":{\"bytes\":[70]},"
		"\"sd\":{\"bytes\":[1]}}\n"
		"{\"type\":\"forecast\",\"stream\":\"x\",\"partition\":1,"
		"\"start\":\"2026-01-01T00:00:00Z\",\"slot_s\":[60],"
		"\"mean\":{\"bytes\":[1e9]},\"sd\":{\"bytes\":[20]}}\n";
	struct spp_cluster_options options = spp_cluster_options_none();
	struct world world;

	world_read(&world, text, NULL);
	if (!CHECK(world.cluster != NULL))
		return;
	CHECK(world.cluster->partitions == 5);
	CHECK(world.cluster->in_bytes[2] == 200); /* s/3 */
	CHECK(world.cluster->in_bytes[3] == 100); /* t/1: of 100, 300, 70 */
	CHECK(world.cluster->in_bytes[4] == 70);  /* u/1 */
	/* One left out, two without a forecast, one of subscribers. */
	CHECK(world.warnings.count == 3);
	world_free(&world);

	options.place = true;
	world_read(&world, text, &options);
	if (!CHECK(world.cluster != NULL))
		return;
	CHECK(world.cluster->partitions == 6);
	CHECK(world.cluster->replica[5] == SPP_NOWHERE);
	world_free(&world);
}

/*
 * A total made of subscribers: slot by slot the largest, with its deviation
 * and all of its factors, also where the first subscriber has fewer.
 */
static void test_largest(void)
{
	static const char text[] = TWO_PLATFORMS
		"{\"type\":\"partition\",\"stream\":\"s\",\"partition\":1,"
		"\"replicas\":[\"p1\",\"p2\"]}\n"
		"{\"type\":\"forecast\",\"stream\":\"s\",\"partition\":1,"
		"\"subscriber\":\"a\",\"start\":\"2026-01-01T00:00:00Z\","
		"\"slot_s\":[60,60],\"mean\":{\"bytes\":[1000,9000]},"
		"\"sd\":{\"bytes\":[100,100]},"
		"\"loadings\":{\"bytes\":[[10,20]]}}\n"
		"{\"type\":\"forecast\",\"stream\":\"s\",\"partition\":1,"
		"\"subscriber\":\"b\",\"start\":\"2026-01-01T00:00:00Z\","
		"\"slot_s\":[60,60],\"mean\":{\"bytes\":[5000,6000]},"
		"\"sd\":{\"bytes\":[80,90]},"
		"\"loadings\":{\"bytes\":[[30,31],[40,41]]}}\n";
	const struct spp_cluster *cluster;
	const double *loading;
	struct world world;
	size_t in;

	world_read(&world, text, NULL);
	cluster = world.cluster;
	if (!CHECK(cluster != NULL))
		return;
	in = spp_cluster_resource(cluster, "network_in") * cluster->slots;
	CHECK(cluster->factors == 2);
	CHECK(cluster->follower->mean[in] == 5000);
	CHECK(cluster->follower->mean[in + 1] == 9000);
	loading = cluster->follower->loading;
	CHECK(loading[in] == 30 && loading[in + 1] == 20);
	CHECK(loading[cluster->cells + in] == 40);
	CHECK(loading[cluster->cells + in + 1] == 0);
	CHECK(cluster->follower->variance[in] == 80 * 80 - 30 * 30 - 40 * 40);
	CHECK(cluster->follower->variance[in + 1] == 100 * 100 - 20 * 20);
	world_free(&world);
}

static void check_refused(const char *text, const char *says)
{
	struct world world;

	world_read(&world, text, NULL);
	CHECK(world.cluster == NULL);
	CHECK(world.err.status == SPP_INPUT);
	if (!CHECK(strstr(world.err.text, says) != NULL))
		printf("# it says: %s\n", world.err.text);
	CHECK(world.err.hint[0] != '\0');
	world_free(&world);
}

static void test_refused(void)
{
	check_refused("{\"type\":\"cluster\",\"cluster\":\"x\"}\n",
		"no platform in the input");
	check_refused(TWO_PLATFORMS, "no partition in the input");
	check_refused(TWO_PLATFORMS
		"{\"type\":\"partition\",\"stream\":\"s\",\"partition\":1,"
		"\"replicas\":[\"p1\"]}\n",
		"no forecast in the input");
	check_refused(TWO_PLATFORMS
		"{\"type\":\"partition\",\"stream\":\"s\",\"partition\":1,"
		"\"replicas\":[\"p3\"]}\n",
		"has no record");
}

/* A slot that has begun counts its rest; one that has ended is gone. */
static void test_now(void)
{
	static const char text[] = TWO_PLATFORMS
		"{\"type\":\"partition\",\"stream\":\"s\",\"partition\":1,"
		"\"replicas\":[\"p1\"]}\n"
		"{\"type\":\"forecast\",\"stream\":\"s\",\"partition\":1,"
		"\"start\":\"2026-01-01T00:00:00Z\",\"slot_s\":[60,60,3600],"
		"\"mean\":{\"bytes\":[1,2,3]},\"sd\":{\"bytes\":[0,0,0]}}\n";
	struct spp_cluster_options options = spp_cluster_options_none();
	struct world world;

	CHECK(spp_time_parse(
		"2026-01-01T00:01:15Z", SPP_OFFSET_NONE, &options.now));
	world_read(&world, text, &options);
	if (!CHECK(world.cluster != NULL))
		return;
	CHECK(world.cluster->slots == 2);
	CHECK(world.cluster->in_bytes[0] == 2);
	CHECK(world.cluster->slot_start_s[0] == 0);
	CHECK(world.cluster->slot_end_s[0] == 45);
	CHECK(world_near(
		world.cluster->slot_weight_h[1], pow(0.8, 45. / 3600), 1e-15));
	world_free(&world);
}

int main(void)
{
	static const struct test tests[] = {
		{"demand of a leader, a follower and two subscriptions",
			test_example},
		{"the example of the manual", test_manual},
		{"coefficients of a record", test_model},
		{"disk with retention", test_disk},
		{"background, rescaling and stale loads", test_background},
		{"quanta: sums are exact", test_quanta},
		{"what is missing is filled in", test_missing},
		{"a total of subscribers keeps all factors", test_largest},
		{"what cannot be filled in is refused", test_refused},
		{"slots from now on", test_now},
	};

	return test_run(tests, sizeof tests / sizeof *tests);
}
