#!/usr/bin/env bats
# The example that spp(7) works by hand, worked by spp-assign: three
# platforms with a leader, two followers, and capacities that make the
# leader's platform just full.
load helper

# world RESOURCE CAPACITY: one partition of 1 MB/s and 1,000 records/s.
world() {
	local rates='{"bytes":[1000000],"records":[1000]}' i
	echo '{"type":"cluster","cluster":"by-hand"}'
	for i in 1 2 3; do
		echo "{\"type\":\"platform\",\"platform\":\"p$i\",\"capacity\":{\"$1\":$2}}"
	done
	echo '{"type":"partition","stream":"s","partition":"0","replicas":["p1","p2","p3"]}'
	echo '{"type":"subscription","subscriber":"app","stream":"s","partition":"0","connections":4}'
	for i in '' ',"subscriber":"app"'; do
		echo "{\"type\":\"forecast\",\"stream\":\"s\",\"partition\":\"0\"$i,\"start\":\"2026-11-22T10:00:00Z\",\"slot_s\":[60],\"mean\":$rates,\"sd\":{\"bytes\":[0],\"records\":[0]},\"last\":{\"bytes\":1000000,\"records\":1000}}"
	done
}

# uses RESOURCE LEADER FOLLOWER: demand on the leader's and a follower's.
uses() {
	world "$1" "$2" >w
	expect 0 spp-assign --now 2026-11-22T10:00:00Z w
	jq -en --argjson leader "$2" --argjson follower "$3" '
		def near($x; $y): ($x - $y | fabs) < 1e-9;
		[inputs | select(.type == "summary")][0] |
		.hottest.platform == "p1" and near(.hottest.before; 1) and
		near(.utilisation.before.mean;
			(1 + 2 * $follower / $leader) / 3)' <<<"$output"
}

@test "the example of spp(7), worked by hand, is what is computed" {
	uses cpu 0.0099 0.002
	uses network_in 1000000 1000000
	uses network_out 3000000 0
}
