#!/usr/bin/env bats
# spp-migrate without and with a driver, its journal, what it refuses.
load helper

prepare() {
	memory=$BUILD/tests/system/driver_memory
	"$memory" init w 1
	"$memory" plan w >p
}

migrate() { # FAULTS ARG ...
	local faults=$1
	shift
	spp-migrate --driver "$memory run w $faults" --journal j --hold 0 \
		--deadline 2s "$@"
}

# Start one that hangs in m1, and wait until it does; sets executor.
begin() { # GRACE
	spp-migrate --driver "$memory run w stuck=s/0" --journal j --hold 0 \
		--grace "$1" p >out 2>err &
	executor=$!
	until grep -q '"move":"m2","status":"done"' out; do sleep 0.05; done
}

@test "without a driver it says what it would do, and changes nothing" {
	cp w before
	expect 0 spp-migrate p
	[ -z "$stderr" ]
	cmp w before
	jq -en '[inputs | select(.type == "event" and .move == "m1" and
		.phase == "attach" and .what == "would")][0] | .text ==
		"attach s/0 to p3, 1.00 kB copied from p0 at 1.00 kB/s"' \
		<<<"$output"
	[ "$(jq -c 'select(.type == "event")' <<<"$output" | wc -l)" -eq 11 ]
	jq -en '[inputs | select(.type == "end")][0] | .status == "ok"' <<<"$output"
	[ ! -e j ]
}

@test "the table is for eyes" {
	expect 0 spp-migrate --format=table p
	[ "$(head -n 1 <<<"$output" | awk '{ print $1, $3 }')" = "start move" ]
	[ "$(wc -l <<<"$output")" -eq 6 ]
}

@test "with a driver: done, each move confirmed with evidence" {
	expect 0 migrate "" p
	[ -z "$stderr" ]
	jq -en '[inputs | select(.type == "confirmation" and .move == "m1")][0] |
		.status == "done" and .evidence.replicas[0] == "p3" and
		.evidence.subscriptions == 3 and
		.evidence.protected_by.overlap == 3' <<<"$output"
	jq -en '[inputs | select(.type == "summary")][0] | .moves == 5' <<<"$output"
	"$memory" look w | jq -e '.cuts == 0 and .lost == 0 and
		.partitions[0].replicas[0] == "p3"'
	[ "$(stat -c %a j)" = 600 ]
	[ "$(echo j*)" = j ]
}

@test "the same plan again is a resume: nothing is left to do" {
	expect 0 migrate "" p
	cp w before
	expect 0 migrate "" p
	[ "$(grep -c '"status":"done"' <<<"$output")" -eq 5 ]
	expect 0 migrate "" --resume
	jq -cS '.partitions' <<<"$("$memory" look w)" >after
	mv before w
	jq -cS '.partitions' <<<"$("$memory" look w)" | cmp - after
}

@test "a plan made for another cluster, or for another time, is refused" {
	expect 3 migrate cluster=other p
	says 'spp-migrate: the plan is for cluster "memory", the driver is at "other"'
	expect 3 migrate clock=2026-11-23T00:00:00Z p
	[[ $stderr == *"the plan is stale"* && $stderr == *--allow-stale* ]]
	expect 3 migrate "" --now 2026-11-23T00:00:00Z p
	expect 0 migrate clock=2026-11-23T00:00:00Z --allow-stale p
}

@test "a partition that was moved meanwhile: its move is skipped, exit 1" {
	expect 0 migrate "" p
	rm j
	expect 1 migrate "" p
	[ "$(grep -c '"status":"skipped"' <<<"$output")" -eq 5 ]
	[[ $output == *"another version than planned for"* ]]
	jq -en '[inputs | select(.type == "end")][0] | .left | length == 5' <<<"$output"
}

@test "a driver that does not fence demands --exclusive" {
	expect 2 migrate bare p
	[[ $stderr == *"hint: "*--exclusive* ]]
	expect 0 migrate bare --exclusive p
	[[ $stderr == *"warning: "*"does not fence"* ]]
}

@test "edited without seal, cut, several plans, unknown names: exit 3" {
	sed 's/"rate":1000/"rate":2000/' p >edited
	expect 3 migrate "" edited
	[[ $stderr == *edited* ]]
	head -n -1 p >short
	expect 3 migrate "" short
	expect 2 migrate "" --partial short
	cat p p >both
	expect 3 migrate "" both
	[ ! -e j ]
	run -0 pipe "sed 's/\"to\":\"p3\"/\"to\":\"nowhere\"/' p |
		jq -c 'select(.type != \"header\" and .type != \"end\")' >bare"
	expect 3 spp-migrate bare
}

@test "a move that refused attachments: queued again, then refused" {
	expect 1 migrate full=s/0 p
	jq -en '[inputs | select(.type == "confirmation" and .move == "m1")][0] |
		.status == "refused" and .reason == "the test says refused"' \
		<<<"$output"
	[ "$(grep -c '"queue","what":"refused"' <<<"$output")" -eq 4 ]
	"$memory" look w | jq -e '.partitions[0].replicas == ["p0","p1","p2"]'
}

@test "a copy that never ends is cancelled, its move rolled back" {
	expect 1 migrate stuck=s/0 p
	jq -en '[inputs | select(.type == "confirmation" and .move == "m1")][0] |
		.status == "rolled_back"' <<<"$output"
	"$memory" look w | jq -e '.partitions[0] |
		.inflight == null and .replicas == ["p0","p1","p2"]'
}

@test "told to end: settles, exit 5, --status tells, --resume goes on" {
	local executor
	begin 100ms
	expect 5 spp-migrate --driver "$memory run w" --journal j p
	[[ $stderr == *"another executor"* ]]
	kill -TERM "$executor"
	local status=0
	wait "$executor" || status=$?
	[ "$status" -eq 5 ]
	grep -q 'hint: --resume goes on' err
	jq -en '[inputs | select(.type == "end")][0] | .status == "incomplete"' out
	expect 5 spp-migrate --status --journal j
	jq -en '[inputs | select(.type == "event" and .move == "m1")][0] |
		.what == "running" and .phase == "attach"' <<<"$output"
	expect 1 migrate "" --resume
	expect 1 spp-migrate --status --journal j
	expect 0 spp-migrate --history --journal j
	[ "$(jq -r 'select(.type == "confirmation") | .move' <<<"$output" |
		sort -u | wc -l)" -eq 5 ]
}

@test "unfinished moves of another plan: refused, or superseded" {
	local executor
	begin 0
	kill -TERM "$executor"
	wait "$executor" || [ $? -eq 5 ]
	"$memory" plan w >q
	run -1 cmp -s p q
	expect 5 migrate "" q
	[[ $stderr == *"has unfinished moves"* && $stderr == *--supersede* ]]
	expect 1 migrate "" --supersede q
	jq -en '[inputs | select(.type == "confirmation" and .move == "m1" and
		.status == "rolled_back")][0]' <<<"$output"
	[ "$(jq -r 'select(.type == "confirmation") | .plan' <<<"$output" |
		sort -u | wc -l)" -eq 2 ]
}

@test "nobody reads the output: settles, exit 4" {
	local statuses
	statuses=$(migrate "" --grace 5s p 2>err |
		head -n 1 >/dev/null; echo "${PIPESTATUS[0]}")
	[ "$statuses" = 4 ]
	grep -q 'Broken pipe' err
	"$memory" look w | jq -e '.cuts == 0 and .lost == 0'
	expect 0 migrate "" --resume
}

@test "a plan without moves: nothing to do, no driver is started" {
	run -0 pipe "\"$memory\" plan w | grep -v '\"type\":\"move\"' >q"
	expect 3 migrate "" q
	[[ $stderr == *edited* ]]
	"$memory" still w >q
	expect 0 spp-migrate --driver /nowhere/x --journal j q
	jq -en '[inputs | select(.type == "end")][0] | .status == "ok"' \
		<<<"$output"
}

@test "a plan for another way of serving is refused, another name warned" {
	"$memory" plan w '{"driver":"other"}' >q
	expect 0 migrate "" q
	says 'spp-migrate: warning: the plan was made for driver "other", this one is "memory"'
	"$memory" init w 1
	"$memory" plan w '{"driver":"memory","serve":"any"}' >q
	expect 3 migrate "" q
	[[ $stderr == *"serves subscriptions in another way"* ]]
}

@test "--capabilities prints the driver's record" {
	expect 0 migrate "" --capabilities
	[ "$output" = '{"type":"driver","driver":"memory","serve":"leader","copy_from":"leader","dual":"overlap","resume":"tail","fencing":"epoch","handover_s":0.1,"max_inflight":4,"rate":1000000}' ]
}

@test "no driver of that name, one that is none, wrong combinations" {
	expect 2 spp-migrate --driver nosuch p
	says 'spp-migrate: there is no driver "nosuch"'
	expect 4 spp-migrate --driver /bin/true --journal j p
	expect 4 spp-migrate --driver "/bin/echo hello" --journal j p
	expect 2 spp-migrate --resume --rollback
	expect 2 spp-migrate --capabilities
	expect 3 spp-migrate --resume --journal none
	expect 2 spp-migrate --journal j --status p
}

@test "journals are found by the cluster's name" {
	export XDG_STATE_HOME=$PWD/state
	expect 0 spp-migrate --driver "$memory run w" --hold 0 p
	[ -e state/spp/memory.journal ]
	[ "$(stat -c %a state/spp)" = 700 ]
	expect 0 spp-migrate --status
	touch state/spp/other.journal
	expect 2 spp-migrate --status
	[[ $stderr == *"hint: "*--journal* ]]
}
