/* One line of each record type, as spp itself prints it. */
#ifndef SPP_TESTS_UNIT_RECORDS_LINES_H
#define SPP_TESTS_UNIT_RECORDS_LINES_H

#define DIGEST                                                                 \
	"0123456789abcdef0123456789abcdef"                                     \
	"0123456789abcdef0123456789abcdef"
#define ORDERS "\"stream\":\"orders\",\"partition\":\"7\""
#define NOW "\"2026-11-22T10:00:00Z\""

static const char *const lines[] = {
	"{\"type\":\"header\",\"schema\":1,\"cluster\":\"prod-eu\","
	"\"tool\":\"spp-assign\",\"version\":\"0.1.0\",\"now\":" NOW ","
	"\"risk\":0.05,\"seed\":1,\"options\":{\"min_gain\":0.002}}",
	"{\"type\":\"cluster\",\"cluster\":\"prod-eu\"}",
	"{\"type\":\"driver\",\"driver\":\"sandbox\",\"serve\":\"leader\","
	"\"copy_from\":\"leader\",\"dual\":\"overlap\","
	"\"resume\":\"position\",\"fencing\":\"epoch\",\"handover_s\":4.3,"
	"\"max_inflight\":16,\"rate\":5000000}",
	"{\"type\":\"resource_model\",\"resource\":\"cpu\",\"leader\":{"
	"\"base\":0,\"per_byte\":4e-09,\"per_record\":2e-06,"
	"\"per_replicated_byte\":1e-09},\"follower\":{\"base\":0,"
	"\"per_byte\":2e-09},\"subscription\":{\"per_byte\":1e-09,"
	"\"per_record\":5e-07,\"per_connection\":0.0001}}",
	"{\"type\":\"constraint\",\"constraint\":\"pin\"," ORDERS ","
	"\"platforms\":[\"p1\"]}",
	"{\"type\":\"constraint\",\"constraint\":\"allow\","
	"\"stream\":\"orders\",\"platforms\":[\"p1\",\"p2\",\"p4\"]}",
	"{\"type\":\"constraint\",\"constraint\":\"spread\","
	"\"label\":\"rack\",\"minimum\":3}",
	"{\"type\":\"constraint\",\"constraint\":\"colocate\","
	"\"label\":\"zone\",\"members\":[{" ORDERS "},"
	"{\"stream\":\"payments\",\"partition\":\"7\"}]}",
	"{\"type\":\"constraint\",\"constraint\":\"freeze\","
	"\"stream\":\"orders\"}",
	"{\"type\":\"constraint\",\"constraint\":\"window\","
	"\"from\":\"02:00\",\"to\":\"05:00\",\"utc_offset\":\"+01:00\"}",
	"{\"type\":\"constraint\",\"constraint\":\"weights\",\"overload\":1,"
	"\"latency\":0.0005,\"utilisation\":0.01,\"migration\":1,"
	"\"smoothness\":0.001,\"half_life_s\":3600,\"threshold\":1}",
	"{\"type\":\"constraint\",\"constraint\":\"budget\",\"moves\":100,"
	"\"bytes\":1000000000000}",
	"{\"type\":\"platform\",\"platform\":\"p1\",\"rack\":\"r1\","
	"\"zone\":\"z1\",\"capacity\":{\"cpu\":8,\"memory\":34359738368},"
	"\"hard\":[\"memory\",\"disk\"],\"load\":{\"cpu\":3.1,"
	"\"network_in\":41000000},\"measured_at\":" NOW ","
	"\"state\":\"draining\"}",
	"{\"type\":\"partition\"," ORDERS ",\"replicas\":[\"p1\",\"p4\","
	"\"p9\"],\"size_bytes\":73400320,\"retention_s\":86400,"
	"\"retention_bytes\":1000000000,\"version\":\"12\","
	"\"moved_at\":\"2026-11-21T03:12:00.5Z\",\"moving\":{\"to\":["
	"\"p2\",\"p4\",\"p9\"],\"plan\":\"3f\"}}",
	"{\"type\":\"subscription\",\"subscriber\":\"billing\"," ORDERS ","
	"\"platform\":\"p1\",\"connections\":4,\"position\":\"90211\"}",
	"{\"type\":\"sample\"," ORDERS ",\"subscriber\":\"billing\","
	"\"platform\":\"p1\",\"time\":" NOW ",\"interval_s\":60,"
	"\"bytes\":184011200,\"records\":179700,\"kind\":\"delta\","
	"\"censored\":true}",
	"{\"type\":\"forecast\"," ORDERS ",\"subscriber\":\"billing\","
	"\"start\":" NOW ",\"slot_s\":[60,60,300],\"mean\":{\"bytes\":["
	"3072000,3101040,3129000],\"records\":[3000,3020.5,3050]},\"sd\":{"
	"\"bytes\":[210000,241000,265000],\"records\":[210,240,260]},"
	"\"quantiles\":[{\"q\":0.05,\"bytes\":[1,2,3]},{\"q\":0.5,"
	"\"bytes\":[2,3,4],\"records\":[1,1,1]}],\"loadings\":{\"bytes\":[["
	"1,-2,3],[4,5,6]]},\"last\":{\"bytes\":3072000,\"records\":3000},"
	"\"model\":\"ridge\",\"warning\":\"few samples\"}",
	"{\"type\":\"assignment\"," ORDERS ",\"subscriber\":\"billing\","
	"\"from\":[\"p1\",\"p4\"],\"to\":[\"p2\",\"p4\"],\"ready_s\":42.4,"
	"\"change\":-0.0032,\"why\":{\"overload\":-0.0036,\"latency\":0,"
	"\"utilisation\":0,\"migration\":0.0004,\"smoothness\":0,"
	"\"slots\":[4,5,6],\"platform\":\"p1\","
	"\"resource\":\"network_out\",\"repairs\":\"rack\"}}",
	"{\"type\":\"move\",\"id\":\"m3\",\"kind\":\"replica\"," ORDERS ","
	"\"from\":\"p1\",\"to\":\"p2\",\"copy_from\":\"p1\","
	"\"bytes\":73400320,\"start_s\":0,\"duration_s\":42.4,"
	"\"rate\":5000000,\"phases\":{\"attach_s\":38.1,\"dual_s\":4,"
	"\"release_s\":0.3},\"requires\":{\"version\":\"12\",\"replicas\":["
	"\"p1\",\"p4\",\"p9\"]},\"after\":[],\"inverse\":{"
	"\"kind\":\"replica\",\"from\":\"p2\",\"to\":\"p1\","
	"\"copy_from\":\"p2\"},\"beyond_horizon\":true}",
	"{\"type\":\"event\",\"plan\":\"3f9a01c2d4e5\",\"time\":" NOW ","
	"\"move\":\"m3\",\"phase\":\"dual\",\"what\":\"switched\","
	"\"subscriber\":\"billing\",\"evidence\":{\"new_from\":\"90212\","
	"\"old_up_to\":\"90211\"},\"text\":\"all well\"}",
	"{\"type\":\"confirmation\",\"plan\":\"3f9a01c2d4e5\","
	"\"move\":\"m3\",\"status\":\"rolled_back\"," ORDERS ","
	"\"subscriber\":\"billing\",\"from\":\"p1\",\"to\":\"p2\","
	"\"started_at\":" NOW ",\"ended_at\":" NOW ",\"reason\":\"full\","
	"\"evidence\":{\"replicas\":[\"p2\"],\"subscriptions\":1}}",
	"{\"type\":\"summary\",\"stage\":\"assign\",\"partitions\":1,"
	"\"subscriptions\":2,\"slots\":15,\"models\":[{\"name\":\"ses\","
	"\"count\":3}],\"history\":[{\"name\":\"late\",\"count\":4}],"
	"\"cost\":{\"before\":{\"overload\":0.216,\"latency\":0.031,"
	"\"utilisation\":0.004,\"migration\":0,\"smoothness\":0,"
	"\"total\":0.251},\"after\":{\"overload\":0.003}},\"bound\":0.033,"
	"\"gap\":0.032,\"moves\":17,\"bytes\":2300000000,\"utilisation\":{"
	"\"before\":{\"mean\":0.5,\"highest\":0.9},\"after\":{\"mean\":0.4,"
	"\"highest\":0.8}},\"hottest\":{\"platform\":\"p1\","
	"\"resource\":\"network_out\",\"slot\":5,\"before\":1.31,"
	"\"after\":0.88},\"warnings\":[\"a sentence\"],\"makespan_s\":10,"
	"\"makespan_bound_s\":9,\"makespan_gap\":0.1,\"witness\":\"p1\","
	"\"relief_lost\":0.5,\"outcomes\":[{\"name\":\"done\","
	"\"count\":17}]}",
	"{\"type\":\"end\",\"counts\":{\"cluster\":1,\"platform\":9},"
	"\"digest\":\"" DIGEST "\",\"from\":[{\"tool\":\"spp-forecast\","
	"\"version\":\"0.1.0\",\"options\":{\"horizon\":\"15m\"},"
	"\"digest\":\"" DIGEST "\"}],\"left\":[{\"what\":\"overload\","
	"\"platform\":\"p1\",\"resource\":\"cpu\",\"amount\":0.5,"
	"\"text\":\"p1 stays hot\"}],\"status\":\"ok\"}",
};

enum { LINES = sizeof lines / sizeof *lines };

#endif
