#!/usr/bin/env bats
# spp-migrate and kill -9: at every named place, and at any time.
load ../cli/helper

prepare() {
	PATH="$BUILD/faults/bin:$PATH"
	memory=$BUILD/faults/tests/system/driver_memory
	failpoints=$BUILD/faults/tests/system/failpoints
}

# world SEED: a new world, its plan, no journal.
world() {
	rm -f w p j j-journal
	"$memory" init w "$1"
	"$memory" plan w >p
}

# migrate FAULTS ARG ...: carry out what the arguments say.
migrate() {
	local faults=$1
	shift
	spp-migrate --driver "$memory run w $faults" --journal j --hold 0 \
		--deadline "${deadline:-1s}" "$@"
}

# Where everything is: replicas, lead, who serves whom; and what was lost.
state() {
	"$memory" look w | jq -c '[.cuts, .lost, (.partitions[] |
		[(.replicas | [.[0]] + (.[1:] | sort)), .route,
		[.subs[].on], .inflight])]'
}
outcomes() {
	jq -r 'select(.type == "confirmation") | .move + " " + .status' "$1" |
		sort
}

@test "kill -9 at every failpoint, then resume: the same end" {
	local place faults status count=0
	declare -A wanted_state wanted_outcomes
	for faults in "" stuck=s/0 full=s/0; do
		world 1
		migrate "$faults" p >out || [ -n "$faults" ]
		wanted_state[x$faults]=$(state)
		wanted_outcomes[x$faults]=$(outcomes out)
	done
	for place in $("$failpoints"); do
		case $place in
		call.cancel.* | journal.back.* | journal.read.*)
			faults=stuck=s/0
			;;
		journal.wait.*) faults=full=s/0 ;;
		*) faults= ;;
		esac
		world 1
		status=0
		SPP_FAILPOINT=$place migrate "$faults" p >out 2>err || status=$?
		[ "$status" -eq 137 ] || {
			echo "$place was not reached: status $status"
			cat err
			return 1
		}
		status=0
		migrate "$faults" --resume >out 2>err || status=$?
		if [ "$status" -eq 3 ] && [ "$place" = journal.plan.before ]; then
			status=0
			migrate "$faults" p >out 2>err || status=$?
		fi
		[ "$(state)" = "${wanted_state[x$faults]}" ] &&
			[ "$(outcomes out)" = "${wanted_outcomes[x$faults]}" ] || {
			echo "$place: status $status"
			cat err
			state
			outcomes out
			return 1
		}
		count=$((count + 1))
	done
	[ "$count" -eq 38 ]
}

@test "killed again and again amid lost answers: nothing lost, all done" {
	local seed place status kills=0
	for seed in 1 2 3; do
		world "$seed"
		for place in call.get.after@4 journal.intent.before@2 \
			call.subs.after@2 journal.intent.after@3 \
			call.evidence.before@2 journal.reply.before \
			call.close_sub.after@2 call.get.before@6 \
			journal.step.after@2 call.detach.after; do
			status=0
			SPP_FAILPOINT=$place deadline=4s migrate noisy p \
				>out 2>err || status=$?
			[ "$status" -ne 137 ] || kills=$((kills + 1))
		done
		status=0
		deadline=4s migrate noisy p >out 2>err || status=$?
		cat err
		[ "$status" -eq 0 ]
		jq -e '.cuts == 0 and .lost == 0' <<<"$("$memory" look w)"
		[ "$(outcomes out | grep -c ' done')" -eq 5 ]
	done
	echo "$kills kills"
	[ "$kills" -ge 15 ]
}

@test "killed, then rolled back: all is where it was, or done" {
	local place status
	for place in journal.start.after call.attach.after call.route.after \
		call.open_sub.after call.close_sub.before \
		call.close_sub.after call.detach.before call.detach.after; do
		world 1
		status=0
		SPP_FAILPOINT=$place migrate "" p >out 2>err || status=$?
		[ "$status" -eq 137 ]
		migrate "" --rollback >out 2>err || [ $? -eq 1 ]
		jq -e '.cuts == 0 and .lost == 0' <<<"$("$memory" look w)"
		[ "$(outcomes out | grep -cvE \
			' (done|rolled_back|skipped|failed)$')" -eq 0 ]
	done
}

@test "a driver that dies: started again, read back" {
	local seed restarts=0
	for seed in 1 2 3 4 5 6; do
		world "$seed"
		expect 0 migrate die p
		restarts=$((restarts + $(grep -c driver_restarted \
			<<<"$output" || true)))
		jq -e '.cuts == 0 and .lost == 0' <<<"$("$memory" look w)"
	done
	[ "$restarts" -ge 1 ]
}

@test "a driver that never answers a change: read back, done all the same" {
	world 1
	expect 0 migrate mute p
}

@test "a driver that lies: nothing is confirmed that cannot be seen" {
	world 1
	expect 1 migrate liar p
	[ "$(outcomes <(echo "$output") | grep -c ' done$')" -eq 0 ]
}
