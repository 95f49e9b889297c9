#!/usr/bin/env bats
# The stranger's check: what holds is passed in silence, what does not is
# refused with its place, its reason and the figures.
load helper

prepare() {
	run -0 pipe "spp-forecast --csv $samples/history.csv \
		$samples/cluster.ndjson | spp-assign >a"
	run -0 pipe "spp-plan a >p"
}

# broken FILE FILTER REASON: with the change that jq's FILTER makes, exit 1
# and a message that begins with the reason.
broken() {
	jq -c "$2" "$1" >broken
	expect 1 spp-verify broken
	[ -z "$output" ]
	grep -qE "^spp-verify: (broken:[0-9]+: )?$3: " <<<"$stderr" || {
		printf 'stderr is:\n%s\n' "$stderr"
		return 1
	}
}

# first TYPE FILTER: change the first record of a type only.
first() {
	local n
	n=$(jq -s "map(.type == \"$1\") | index(true) + 1" "${3:-p}")
	echo "if input_line_number == $n then $2 else . end"
}

@test "an assignment and a plan that hold: silence, exit 0" {
	local file
	for file in a p; do
		expect 0 spp-verify "$file"
		[ -z "$output" ]
		[ -z "$stderr" ]
	done
	run -0 pipe "spp-verify <p"
}

@test "-v says what was checked" {
	expect 0 spp-verify -v a
	[[ $stderr =~ ^spp-verify:\ [0-9]+\ assignments\ hold:\ cost ]]
	expect 0 spp-verify -v p
	[[ $stderr =~ ^spp-verify:\ [0-9]+\ moves\ hold:\ expected\ overload ]]
}

@test "every figure of the summary is worked out again" {
	local term
	for term in overload latency utilisation migration smoothness total; do
		broken a "if .type == \"summary\" then
			.cost.after.$term += 0.001 else . end" "cost-$term"
	done
	broken a 'if .type == "summary" then .bound = 100 else . end' bound
	broken a 'if .type == "summary" then .gap += 0.01 else . end' gap
	broken a 'if .type == "summary" then .moves += 1 else . end' moves
	broken a 'if .type == "summary" then .bytes += 1 else . end' bytes
	broken a 'if .type == "summary" then .hottest.before += 0.1 else . end' \
		hottest
	broken a 'if .type == "summary" then .utilisation.after.mean += 0.1
		else . end' utilisation
}

@test "an assignment that is changed is refused for what is wrong with it" {
	broken a "$(first assignment '.change -= 1' a)" change
	broken a "$(first assignment '.why.overload -= 1' a)" why
	broken a "$(first assignment '.ready_s = 0' a)" ready
	broken a "$(first assignment '.to = .from' a)" no-change
	broken a "$(first assignment '.to[0] = "nowhere"' a)" unknown-platform
	broken a "$(first assignment '.from |= reverse' a)" wrong-from
	broken a 'if .type == "platform" then .capacity.disk = 1e8 else . end' \
		left
}

@test "a plan that is changed is refused for what is wrong with it" {
	broken p "$(first move '.start_s += 1e6')" beyond-horizon
	broken p "$(first move '.duration_s += 1')" duration
	broken p "$(first move 'del(.inverse)')" inverse-missing
	broken p "$(first move '.requires.version = "x"')" version
	broken p "$(first move '.after = ["nothing"]')" after
	broken p "$(first move '.to = "nowhere"')" unknown-platform
	broken p 'select(.type != "move" or .id != "m1")' plan-summary
	broken p 'if .type == "move" and .bytes > 0 then .rate = 1e12 else . end' \
		rate-high
	broken p 'if .type == "summary" then .makespan_s += 1 else . end' makespan
	broken p 'if .type == "summary" then .cost.after.overload = 0 else . end' \
		plan-cost
}

@test "many findings: the first twenty, and how many more" {
	jq -c 'if .type == "assignment" then .change -= 1 |
		.why |= map_values(if type == "number" then . + 1 else . end)
		else . end' a >broken
	expect 1 spp-verify broken
	[ "$(grep -c '^spp-verify: broken:' <<<"$stderr")" -le 21 ]
	[[ $stderr == *"spp-verify: and "*" more"* ]]
}

@test "nothing to check: exit 3" {
	expect 3 spp-verify "$samples/cluster.ndjson"
	says "spp-verify: the feed holds no answer to check"
	jq -c 'select(.type != "forecast")' a >none
	expect 3 spp-verify none
	[[ $stderr == *"no forecast to check an answer with"* ]]
	head -n -1 p >short
	expect 3 spp-verify short
	[ -z "$output" ]
}

@test "a full disk is no matter: it prints nothing" {
	run -0 pipe "spp-verify a >/dev/full"
}

# crowded PARTITIONS: three replicas each on the first 12 of 20 platforms.
crowded() {
	echo '{"type":"driver","driver":"d","handover_s":4.3}'
	awk -v count="$1" '
	function pick(n) { seed = seed * 16807 % 2147483647; return seed % n }
	BEGIN {
		seed = 7
		for (i = 0; i < 20; i++)
			printf "{\"type\":\"platform\",\"platform\":\"p%d\"," \
				"\"capacity\":{\"network_in\":1.25e8," \
				"\"network_out\":1.25e8}}\n", i
		for (k = 0; k < count; k++) {
			a = pick(12)
			b = (a + 1 + pick(5)) % 12
			c = (a + 6 + pick(5)) % 12
			printf "{\"type\":\"partition\",\"stream\":\"s\"," \
				"\"partition\":%d,\"replicas\":[\"p%d\"," \
				"\"p%d\",\"p%d\"],\"size_bytes\":%d}\n", \
				k, a, b, c, (1 + pick(20)) * 10000000
			rate = int(6e8 / count * (0.2 + pick(1000) / 600))
			printf "{\"type\":\"forecast\",\"stream\":\"s\"," \
				"\"partition\":%d," \
				"\"start\":\"2026-01-01T00:00:00Z\"," \
				"\"slot_s\":[300,4200]," \
				"\"mean\":{\"bytes\":[%d,%d]}," \
				"\"sd\":{\"bytes\":[%d,%d]}}\n", k, rate, \
				rate * 1.2, rate / 10, rate / 10
		}
	}'
}

@test "many copies: the order in which they are ready is their turn" {
	crowded 400 >world
	run -0 pipe "spp-assign --max-moves 1000 world >a"
	[ "$(grep -c '"type":"assignment"' a)" -gt 50 ]
	expect 0 spp-verify a
	[ -z "$stderr" ]
}

@test "slots that are over do not count, the others keep their numbers" {
	local now
	crowded 60 | sed 's/"slot_s":\[300,4200\]/"slot_s":[300,600]/' >world
	for now in 00:04:59 00:05:00 00:12:00; do
		run pipe "spp-assign --now 2026-01-01T${now}Z world >a"
		[ "$status" -le 1 ]
		grep -q '"slot":1,' a
		run -0 pipe "spp-plan a >p"
		for file in a p; do
			expect 0 spp-verify "$file"
			[ -z "$stderr" ]
		done
	done
	expect 3 spp-verify <(sed 's/"now":"2026-01-01T00:12/"now":"2026-01-01T00:16/' a)
	[[ $stderr == *'all slots of the forecasts are over'* ]]
}

@test "windows that touch are one, also at midnight" {
	crowded 60 | sed 's/2026-01-01T00:00:00Z/2026-01-01T23:59:58Z/' >world
	run pipe "spp-assign world | spp-plan --window 00:00-00:00 >p"
	[ "$status" -le 1 ]
	jq -s -e 'any(.type == "move" and .start_s < 2 and .duration_s > 3)' p
	expect 0 spp-verify p
	[ -z "$stderr" ]
}

@test "a plan is late, and bounded, by what its moves show" {
	crowded 60 >world
	run -0 pipe "spp-assign world | spp-plan --max-concurrent 2 >p"
	expect 0 spp-verify p
	[ -z "$stderr" ]
	run -0 pipe "spp-plan --undo --max-per-rack 99 p >undo"
	head -n 1 undo | jq -e '.options == {"max_concurrent":2,"max_per_rack":99}'
	expect 0 spp-verify undo
	[ -z "$stderr" ]
	broken p 'if .stage == "plan" then .relief_lost += 0.001 else . end' \
		relief-lost
	broken p 'if .stage == "plan" then .makespan_bound_s *= 1.001 |
		.makespan_gap = .makespan_s / .makespan_bound_s - 1
		else . end' makespan-bound
}

@test "no copy ends before the slots that are too busy for it" {
	{
		echo '{"type":"driver","driver":"d","handover_s":1,"rate":1e7}'
		echo '{"type":"platform","platform":"p1","state":"draining","capacity":{"disk":1e12}}'
		echo '{"type":"platform","platform":"p2","capacity":{"disk":1e12}}'
		echo '{"type":"partition","stream":"s","partition":1,"replicas":["p1"],"size_bytes":9e6}'
		echo '{"type":"forecast","stream":"s","partition":1,"start":"2026-01-01T00:00:00Z","slot_s":[60,60,60],"mean":{"bytes":[9.8e6,9.9e6,1e6]},"sd":{"bytes":[0,0,0]}}'
		echo '{"type":"assignment","stream":"s","partition":1,"from":["p1"],"to":["p2"],"ready_s":1,"why":{"repairs":"a replica on a draining platform"}}'
	} >world
	run -0 pipe "spp-plan world >p"
	jq -s -e 'any(.stage == "plan" and .makespan_s == 122)' p
	jq -c 'if .stage == "plan" then .makespan_bound_s = 122 |
		.makespan_gap = 0 else . end' p >edited
	expect 0 spp-verify edited
	broken p 'if .type == "move" then .start_s = 0 elif .stage == "plan" then
		.makespan_s = 2 | .makespan_bound_s = 1 | .makespan_gap = 1 |
		.relief_lost = 0 else . end' rate-low
}
