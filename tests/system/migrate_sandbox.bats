#!/usr/bin/env bats
# The whole pipe on a live sandbox, its executor killed at every failpoint:
# resumed, it ends where the plan wanted, nothing is left to move, and no
# subscriber lost a record or saw one twice.
load ../cli/helper

prepare() {
	PATH="$BUILD/faults/bin:$PATH"
	failpoints=$BUILD/faults/tests/system/failpoints
	world >world.ndjson
	echo '{"type":"constraint","constraint":"weights","threshold":0.7}' \
		>threshold
}

# Sets service and url; the service ends with the shell that started it.
start_service() {
	spp-sandbox --core-bytes=100000 --record-bytes=500 --speed=60 \
		--seed=1 ../world.ndjson >ready 2>errors 3>&- &
	service=$!
	trap 'kill "$service"; wait "$service" || true' EXIT
	until [ -s ready ]; do sleep 0.05; done
	url=$(jq -r .url ready)
	until [ "$(spp-sandbox --records "$url" |
		grep -c '"type":"sample"')" -ge 24 ]; do
		sleep 0.2
	done
}

# Four partitions crowd two of four platforms, 84 % each; with one leader
# moved off each it is 50 %, far from the threshold.  Rates are held.
world() {
	awk 'BEGIN {
		c = 1 / 100000
		print "{\"type\":\"cluster\",\"cluster\":\"crowd\"}"
		printf "{\"type\":\"resource_model\",\"resource\":\"cpu\"," \
			"\"leader\":{\"per_byte\":%g,\"per_replicated_byte\":%g}," \
			"\"follower\":{\"per_byte\":%g},\"subscription\":" \
			"{\"per_byte\":%g}}\n", c, c, c, c
		for (i = 1; i <= 4; i++)
			printf "{\"type\":\"platform\",\"platform\":\"p%d\"," \
				"\"capacity\":{\"cpu\":1}}\n", i
		for (p = 0; p < 4; p++) {
			key = sprintf("\"stream\":\"s\",\"partition\":\"%d\"", p)
			printf "{\"type\":\"partition\",%s,\"replicas\":[\"p%d\"," \
				"\"p%d\"],\"size_bytes\":20000," \
				"\"retention_bytes\":20000}\n", key,
				p % 2 + 1, (p + 1) % 2 + 1
			for (s = 1; s <= 2; s++)
				printf "{\"type\":\"subscription\",%s," \
					"\"subscriber\":\"app%d\"}\n", key, s
			for (t = 0; t < 59; t++)
				printf "{\"type\":\"sample\",%s,\"time\":" \
					"\"2026-01-01T00:%02d:00Z\"," \
					"\"interval_s\":60,\"bytes\":%d}\n",
					key, t, 60 * (8350 + 30 * p)
		}
	}'
}

# The pipe on what the service tells now.
pipe_now() { # PLAN
	spp-sandbox --records "$url" >records
	spp-forecast --model last --horizon 15m records ../threshold >forecast
	spp-assign forecast >answer 2>notes || [ $? -eq 1 ]
	spp-plan answer >"$1" 2>notes || [ $? -eq 1 ]
}
move_count() {
	grep -c '"type":"move"' "$1" || true
}
migrate() {
	spp-migrate --driver "sandbox $url" --journal j --allow-stale "$@"
}
placement() {
	spp-sandbox --records "$url" | jq -c 'select(.type == "partition") |
		[.partition, (.replicas | [.[0]] + (.[1:] | sort))]' | sort
}
# What the assignments want, and where nothing is assigned what is.
wanted() {
	jq -cs '(map(select(.type == "assignment" and .subscriber == null) |
		{key: .partition, value: .to}) | from_entries) as $to |
		.[] | select(.type == "partition") | [.partition,
		($to[.partition] // .replicas | [.[0]] + (.[1:] | sort))]' \
		answer | sort
}
nothing_lost() {
	spp-sandbox --ledger "$url" | jq -e '[.. | objects |
		select(has("lost")) | .lost + .duplicated] | add == 0' >/dev/null
}

# One place: the pipe, killed there, resumed, the pipe again, all undone.
check_place() { # PLACE
	local status=0
	pipe_now plan
	[ "$(move_count plan)" -ge 2 ] || return 1
	wanted >expected
	SPP_FAILPOINT=$1 migrate plan >out 2>err || status=$?
	[ "$status" -eq 137 ] || {
		echo "$1 was not reached: status $status" && cat err
		return 1
	}
	status=0
	migrate --resume >out 2>err || status=$?
	if [ "$status" -eq 3 ] && [ "$1" = journal.plan.before ]; then
		status=0
		migrate plan >out 2>err || status=$?
	fi
	[ "$status" -eq 0 ] || {
		echo "$1: status $status" && cat err out
		return 1
	}
	placement | diff expected - || return 1
	nothing_lost || return 1
	pipe_now again
	[ "$(move_count again)" -eq 0 ] || {
		echo "$1: the pipe wants more" && cat answer again
		return 1
	}
	spp-plan --undo plan >undo
	migrate undo >out 2>err || {
		cat err out
		return 1
	}
}

# Every second place, in a service of its own.
check_half() { # 0|1
	local place count=0
	mkdir "half$1" && cd "half$1" || return 1
	start_service
	for place in $("$failpoints"); do
		case $place in
		# Those need a copy that hangs; tests/system/migrate.bats has it.
		call.cancel.* | journal.back.* | journal.read.* | \
			journal.wait.*) continue ;;
		esac
		count=$((count + 1))
		[ $((count % 2)) -eq "$1" ] || continue
		check_place "$place" || {
			touch failed
			return 1
		}
		echo "$place" >>passed
	done
	nothing_lost || touch failed
}

@test "kill -9 at every failpoint on a live service: nothing lost, all done" {
	check_half 0 >log0 2>&1 &
	check_half 1 >log1 2>&1 &
	wait
	cat log0 log1
	[ ! -e half0/failed ] && [ ! -e half1/failed ]
	[ "$(cat half0/passed half1/passed | wc -l)" -eq 30 ]
}
