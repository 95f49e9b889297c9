#!/usr/bin/env bats
# spp-assign: answers, refusals, what-if; every answer is verified.
load helper

# Four platforms; p1 leads six partitions and gets hot.
prepare() {
	{
		for i in 1 2 3 4; do
			echo '{"type":"platform","platform":"p'$i'","rack":"r'$((i % 2))'","capacity":{"cpu":8,"disk":1e10,"network_in":1e8,"network_out":1e7}}'
		done
		for i in 1 2 3 4 5 6; do
			partition $i p1 p$((i % 3 + 2))
		done
	} >cluster
	for i in 1 2 3 4 5 6; do
		forecast $i 1200000
	done >forecasts
	cat cluster forecasts >world
}

partition() {
	echo '{"type":"partition","stream":"s","partition":'"$1"',"replicas":["'"$2"'","'"$3"'"],"size_bytes":1e7}'
	echo '{"type":"subscription","subscriber":"a","stream":"s","partition":'"$1"',"platform":"'"$2"'"}'
}

# forecast PARTITION BYTES: ten minutes, deviation a tenth.
forecast() {
	echo '{"type":"forecast","stream":"s","partition":'"$1"',"start":"2026-01-01T00:00:00Z","slot_s":[300,300],"mean":{"bytes":['"$2,$2"']},"sd":{"bytes":['$(($2 / 10)),$(($2 / 10))']}}'
}

# answers STATUS ARGUMENT ...: run, check with spp-verify, keep in answer.
answers() {
	local wanted=$1
	shift
	expect "$wanted" spp-assign "$@"
	# run sets output and stderr.
	# shellcheck disable=SC2154
	printf '%s\n' "$output" >answer
	printf '%s\n' "$stderr" >said
	expect 0 spp-verify answer
	[ -z "$stderr" ] || {
		printf '%s\n' "$stderr"
		return 1
	}
}

# value FILTER: of the answer's records.
value() {
	jq -c "$1" answer
}

@test "a hot platform is relieved, and each change says why" {
	answers 0 world
	[ "$(value 'select(.type == "assignment")' | wc -l)" -ge 2 ]
	[ -z "$(value 'select(.type == "assignment" and .change >= 0)')" ]
	value 'select(.type == "assignment") | .why |
		.platform == "p1" and .resource == "network_out" and
		(.slots | length) > 0' | grep -qx true
	value 'select(.type == "summary") | .stage == "assign" and
		.cost.after.total < .cost.before.total and
		.bound <= .cost.after.total and .gap < 1 and .gap >= 0 and
		.hottest.platform == "p1" and .hottest.after < .hottest.before' |
		grep -qx true
}

@test "assignments come sorted by key, only what changes" {
	answers 0 world
	value 'select(.type == "assignment") | .partition | tonumber' >keys
	sort -n keys | cmp keys
	[ -z "$(value 'select(.type == "assignment" and .from == .to)')" ]
}

@test "the answer, when it has come true, is left alone" {
	answers 0 world
	jq -c -s '(map(select(.type == "assignment")) |
			map({(.partition | tostring): .to}) | add) as $to |
		.[] | select(.type == "platform" or .type == "partition" or
			.type == "subscription" or .type == "forecast") |
		if .type == "partition" and $to[.partition | tostring] then
			.replicas = $to[.partition | tostring] else . end' \
		answer >after
	answers 0 after
	[ -z "$(value 'select(.type == "assignment")')" ]
}

@test "same bytes at 1, 2 and 8 threads; permuted input, same answer" {
	spp-assign world >one
	for threads in 1 2 8; do
		spp-assign --threads "$threads" world | cmp - one
	done
	sort -r world >permuted
	spp-assign permuted | jq -c 'select(.type == "assignment" or
		.type == "summary")' >a
	jq -c 'select(.type == "assignment" or .type == "summary")' one | cmp - a
}

@test "a drained platform is emptied, a failed one replaced" {
	answers 0 --drain p2 world
	[ -z "$(value 'select(.type == "assignment") | .to[] |
		select(. == "p2")')" ]
	value 'select(.type == "platform" and .platform == "p2") | .state' |
		grep -qx '"draining"'
	answers 0 --fail p2 world
	value 'select(.type == "assignment" and .from[1] == "p2") |
		.why.repairs' | grep -q 'failed platform'
}

@test "an added platform is used, and stands in the answer" {
	answers 0 --add-platform p9=p1 --drain p1 world
	value 'select(.type == "platform") | .platform' | grep -qx '"p9"'
	value 'select(.type == "assignment") | .to[]' | grep -qx '"p9"'
	expect 2 spp-assign --add-platform p9=p7 world
	says 'spp-assign: option --add-platform: there is no platform "p7"'
	expect 2 spp-assign --add-platform p1 world
	says 'spp-assign: option --add-platform: there is a platform "p1" already'
}

@test "what is frozen stays, and what cannot be held is named" {
	answers 1 --freeze s world
	[ -z "$(value 'select(.type == "assignment")')" ]
	value 'select(.type == "end") | .left[] | select(.what == "overload") |
		.platform' | grep -qx '"p1"'
	expect 2 spp-assign --freeze t/1 world
	says 'spp-assign: option --freeze: there is no stream or partition "t/1"'
}

@test "less demand needs no move, more cannot be held" {
	answers 0 --scale-demand 0.3 world
	[ -z "$(value 'select(.type == "assignment")')" ]
	answers 1 --scale-demand 9 world
	value 'select(.type == "end") | .left[] | select(.what == "split")' |
		grep -q 'split it'
}

@test "budgets of moves and bytes are kept" {
	answers 1 --max-moves 1 world
	value 'select(.type == "summary") | .moves' | grep -qx 1
	value 'select(.type == "end") | .left[].what' | grep -qx '"budget"'
	answers 0 --max-bytes 0 world
	value 'select(.type == "summary") | .bytes' | grep -qx 0
	echo '{"type":"constraint","constraint":"budget","stream":"s","moves":1}' \
		>>world
	answers 1 world
	value 'select(.type == "summary") | .moves' | grep -qx 1
}

@test "constraints hold: spread, forbid, allow, pin, colocate" {
	echo '{"type":"constraint","constraint":"spread","label":"rack","minimum":2}' \
		>>world
	answers 0 world
	jq -s -e 'all(.[] | select(.type == "assignment") | .to |
		map(ltrimstr("p") | tonumber % 2) | unique; length == 2)' answer
	prepare
	echo '{"type":"constraint","constraint":"forbid","stream":"s","platforms":["p2"]}' \
		>>world
	answers 0 world
	[ -z "$(value 'select(.type == "assignment") | .to[] |
		select(. == "p2")')" ]
	prepare
	echo '{"type":"constraint","constraint":"pin","stream":"s","partition":1,"platforms":["p4","p1"]}' \
		>>world
	answers 0 world
	value 'select(.type == "assignment" and .partition == "1") | .to' |
		grep -qx '\["p4","p1"\]'
	prepare
	echo '{"type":"constraint","constraint":"colocate","members":[{"stream":"s","partition":1},{"stream":"s","partition":2}]}' \
		>>world
	answers 0 world
	jq -s -e '[.[] | select(.type == "assignment" and
		(.partition == "1" or .partition == "2")) | .to[0]] | unique |
		length <= 1' answer
}

@test "a hard capacity is kept at the risk, and relieved where it is passed" {
	# Eleven 1 GB replicas on a platform of 10 GB.
	{
		sed 's/"disk":1e10/"disk":3e10/' cluster |
			sed '1s/"disk":3e10/"disk":1e10/' | grep rack
		for i in 1 2 3 4 5 6 7 8 9 10 11; do
			echo '{"type":"partition","stream":"s","partition":'$i',"replicas":["p1"],"size_bytes":1e9}'
			forecast $i 1000
		done
	} >full
	answers 0 full
	value 'select(.type == "assignment") | .why.repairs' |
		grep -qx '"a level above a hard capacity"'
	[ "$(value 'select(.type == "assignment")' | wc -l)" -eq 1 ]
}

@test "new partitions are placed, or left out with a warning" {
	forecast 7 500000 >>world
	answers 0 world
	grep -q 'left out: "s/7"' said
	answers 0 --place world
	value 'select(.type == "assignment" and .partition == "7") |
		[.from, (.to | length)]' | grep -qx '\[\[\],2\]'
}

@test "what is placed is placed whole, whatever the budget" {
	local moves
	for moves in 1 2 3 4 5; do
		prepare
		sed -i 's/1200000/120000/g' world
		for i in 7 8 9; do
			forecast $i 50000 >>world
		done
		answers 1 --place --max-moves "$moves" world
		value 'select(.type == "assignment") | .to | length' >placed
		[ "$(wc -l <placed)" -eq $((moves / 2)) ]
		[ -z "$(grep -vx 2 placed)" ]
	done
	answers 0 --place --max-moves 6 world
}

@test "subscriptions are served apart where the driver can" {
	{
		echo '{"type":"driver","driver":"x","serve":"replica"}'
		cat world
	} >apart
	answers 0 apart
	value 'select(.type == "assignment" and .subscriber == "a") |
		.from' | grep -qx '\["p1"\]'
	sed -i 's/"serve":"replica"/"serve":"any"/' apart
	answers 0 apart
	[ -n "$(value 'select(.type == "assignment" and .subscriber)')" ]
}

@test "overload that only comes later is no reason to act" {
	sed 's/"slot_s":\[300,300\]/"slot_s":[7200,300]/
		s/"mean":{"bytes":\[1200000/"mean":{"bytes":[200000/' world >later
	answers 0 later
	[ -z "$(value 'select(.type == "assignment" or
		(.type == "end" and .left != []))')" ]
	answers 0 --act-within 3h later
	[ -n "$(value 'select(.type == "assignment")')" ]
}

@test "a gain that is too small is not taken" {
	answers 1 --min-gain 100 world
	[ -z "$(value 'select(.type == "assignment")')" ]
}

@test "copies that end too late score nothing" {
	sed 's/"size_bytes":1e7/"size_bytes":9e12/; s/"disk":1e10/"disk":1e15/' \
		world >large
	answers 0 large
	# Only leaders change: they copy nothing.
	value 'select(.type == "summary") | .bytes' | grep -qx 0
}

@test "--certain and weights, an option beats a record" {
	answers 0 --certain world
	echo '{"type":"constraint","constraint":"weights","threshold":0.9}' \
		>>world
	answers 0 world
	answers 0 --threshold 0.8 world
	grep -q 'options beat 1 values of the weights' said
}

@test "what counts as overload goes on to the plan" {
	local options
	for options in '--threshold 0.8' --certain \
		'--overload 3 --threshold 0.9'; do
		# Words on purpose.
		# shellcheck disable=SC2086
		answers 0 $options world
		expect 0 spp-plan answer
		[[ $stderr != *beat* ]]
		printf '%s\n' "$output" >plan
		expect 0 spp-verify plan
		[ -z "$stderr" ]
		run -0 pipe "spp-plan --seal plan | spp-verify"
		run -0 pipe "spp-plan --undo plan | spp-verify"
	done
	# The plan of the mean expects other overload than that of the spread.
	run -0 pipe "spp-assign --certain world | sed 's/,\"certain\":true//;
		s/\"certain\":true//' | spp-plan 2>/dev/null >expected"
	run -0 pipe "spp-assign --certain world | spp-plan >certain"
	[ "$(jq 'select(.stage == "plan") | .cost.before.overload' expected)" != \
		"$(jq 'select(.stage == "plan") | .cost.before.overload' \
			certain)" ]
	# What a record says is beaten without a word.
	echo '{"type":"constraint","constraint":"weights","threshold":0.7}' \
		>>world
	answers 0 --threshold 0.8 world
	grep -q beat said
	expect 0 spp-plan answer
	[[ $stderr != *beat* ]]
}

@test "the original cost, all assignments tried" {
	{
		grep '"platform":"p[123]","rack"' cluster
		partition 1 p1 p2
		partition 2 p1 p3
		forecast 1 4000000
		forecast 2 4500000
	} >small
	sed -i '1s/"network_out":1e7/"network_out":6e6/' small
	answers 0 --cost seed --exhaustive small
	jq -s -e 'any(.type == "summary" and .cost.before.total > 0 and
		.cost.after.total == .bound)' answer
	jq -s -e 'map(select(.type == "assignment") | .change, .why.overload) |
		length > 0 and all(. < 0)' answer
	jq -s -e 'map(select(.type == "assignment") | .why | .latency,
		.utilisation, .migration, .smoothness) | all(. == 0)' answer
	expect 2 spp-assign --cost seed small
	says 'spp-assign: options --cost=seed and --exhaustive go together'
	expect 2 spp-assign --cost seed --exhaustive world
	[[ $stderr == *'more than 1000000 assignments'*'hint'* ]]
}

@test "a table and an explanation for eyes" {
	expect 0 spp-assign --format table world
	[[ $output == *'partition'*'relieves'*'overload'*'hottest: network_out of p1'* ]]
	expect 0 spp-assign --explain s/1 world
	[ "$(wc -l <<<"$output")" -eq 5 ]
	expect 0 spp-assign --drain p4 --explain s/1 world
	[[ $output == *'p4'*'refused: is being emptied'* ]]
	expect 2 spp-assign --explain s/9 world
	says 'spp-assign: option --explain: there is no partition "s/9"'
}

@test "a cluster as CSV" {
	{
		echo 'platform,rack,zone,network_in,network_out'
		echo 'p1,r1,,1e8,1e7'
		echo 'p2,r2,,1e8,1e7'
	} >platforms.csv
	{
		echo 'stream,partition,replicas,size_bytes'
		for i in 1 2 3 4 5 6; do
			echo "s,$i,p1,1000000"
		done
	} >partitions.csv
	sed 's/1200000/2400000/g' forecasts >high
	answers 0 --platforms-csv platforms.csv --partitions-csv partitions.csv \
		high
	[ -z "$(value 'select(.type == "assignment")')" ]
	sed -i '3s/1e8,1e7/1e8,x/' platforms.csv
	expect 3 spp-assign --platforms-csv platforms.csv --partitions-csv \
		partitions.csv high
	says 'spp-assign: platforms.csv:3: column "network_out" must be a number, got "x"'
}

@test "what is missing is refused with a hint" {
	expect 3 spp-assign forecasts
	says 'spp-assign: no platform in the input'
	expect 3 spp-assign cluster
	says 'spp-assign: no forecast in the input'
	grep '"platform"' cluster | grep -v stream | cat - forecasts >bare
	expect 3 spp-assign bare
	says 'spp-assign: no partition in the input'
	sed 's/"p2"\]/"p7"]/' world >unknown
	expect 3 spp-assign unknown
	[[ $stderr == *'platform p7, which has no record'* ]]
}

@test "answers to random clusters are verified" {
	local number moves=0
	for number in {1..40}; do
		"${BUILD:-$top/build}/tests/system/assign_world" "$number" \
			>random
		run --separate-stderr -- spp-assign random
		[ "$status" -le 1 ]
		printf '%s\n' "$output" >answer
		expect 0 spp-verify answer
		[ -z "$stderr" ] || {
			printf '%s: %s\n' "$number" "$stderr"
			return 1
		}
		moves=$((moves + $(grep -c '"type":"assignment"' answer || :)))
	done
	[ "$moves" -gt 100 ]
}

@test "room is made where a replica fits nowhere" {
	# 9 GB must leave p4; p1 and p2 can hold it only without their 2 GB.
	{
		for i in 1 2 3; do
			echo '{"type":"platform","platform":"p'$i'","capacity":{"disk":1e10}}'
		done
		echo '{"type":"platform","platform":"p4","state":"draining","capacity":{"disk":1e10}}'
		echo '{"type":"partition","stream":"s","partition":1,"replicas":["p1"],"size_bytes":2e9}'
		echo '{"type":"partition","stream":"s","partition":2,"replicas":["p2"],"size_bytes":2e9}'
		echo '{"type":"partition","stream":"s","partition":3,"replicas":["p3"],"size_bytes":8e9}'
		echo '{"type":"partition","stream":"s","partition":4,"replicas":["p4"],"size_bytes":9e9}'
		for i in 1 2 3 4; do
			forecast "$i" 1000
		done
	} >full
	answers 0 full
	value 'select(.type == "assignment") | .to[0]' >to
	[ "$(wc -l <to)" -eq 2 ]
}

@test "samples are dropped, a time limit that is not reached changes nothing" {
	echo '{"type":"sample","stream":"s","partition":1,"time":"2026-01-01T00:00:00Z","bytes":1}' >>world
	answers 0 -v world
	grep -qx 'spp-assign: dropped 1 sample records' said
	value 'select(.type == "assignment")' >without
	answers 0 --time-limit 10m world
	value 'select(.type == "assignment")' | cmp - without
}
