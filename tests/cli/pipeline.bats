#!/usr/bin/env bats
# The whole offline pipe on the sample world, and what it promises.
load helper

prepare() {
	forecast="spp-forecast --csv $samples/history.csv $samples/cluster.ndjson"
}

@test "the pipe runs, changes nothing, and each answer is verified" {
	run -0 pipe "$forecast >f && spp-assign f >a && spp-plan a >p &&
		spp-migrate p >m"
	[ "$(jq -c 'select(.type == "move")' p | wc -l)" -gt 0 ]
	for answer in a p; do
		expect 0 spp-verify "$answer"
		[ -z "$stderr" ]
	done
	jq -e 'select(.type == "end") | .status == "ok"' f a p m >/dev/null
}

@test "stage by stage through files gives the bytes of one pipe" {
	run -0 pipe "$forecast | spp-assign | spp-plan >together"
	run -0 pipe "$forecast >f && spp-assign <f >a && spp-plan a >apart"
	cmp together apart
	run -0 pipe "spp-migrate together >m1 && spp-migrate <apart >m2"
	cmp m1 m2
}

@test "same bytes at 1, 2 and 8 threads, in any locale and time zone" {
	local threads
	for threads in 1 2 8; do
		run -0 pipe "$forecast --threads $threads |
			spp-assign --threads $threads |
			spp-plan --threads $threads >p$threads"
	done
	cmp p1 p2
	cmp p1 p8
	LC_ALL=C.UTF-8 LANG=de_DE.UTF-8 TZ=Asia/Kathmandu run -0 pipe \
		"$forecast | spp-assign | spp-plan >p0"
	cmp p0 p1
}

@test "permuted input gives the same answer" {
	run -0 pipe "$forecast | spp-assign | spp-plan >p"
	{ head -n 1 "$samples/history.csv" &&
		tail -n +2 "$samples/history.csv" | sort -t, -k5,5 -k1,1; } >h.csv
	sort "$samples/cluster.ndjson" >c.ndjson
	run -0 pipe "spp-forecast --csv h.csv c.ndjson | spp-assign | spp-plan >q"
	jq -cS 'select(.type == "move" or .type == "assignment")' p >p.answer
	jq -cS 'select(.type == "move" or .type == "assignment")' q >q.answer
	cmp p.answer q.answer
	[ -s p.answer ]
}

@test "a cut feed is refused by every later stage" {
	run -0 pipe "$forecast >f && spp-assign f >a && spp-plan a >p"
	head -n -1 f >f.cut
	head -n -1 a >a.cut
	head -n -1 p >p.cut
	expect 3 spp-assign f.cut
	expect 3 spp-plan a.cut
	expect 3 spp-migrate p.cut
	expect 3 spp-verify a.cut
}

@test "reformatting with jq is no edit; a changed value is" {
	run -0 pipe "$forecast | spp-assign | spp-plan >p"
	jq -cS . p >same
	expect 0 spp-migrate same
	[ -z "$stderr" ]
	jq -c 'if .type == "move" and .id == "m1" then .start_s += 1 else . end' \
		p >edited
	expect 3 spp-migrate edited
	[[ $stderr == *"edited"* && $stderr == *"--seal"* ]]
	run -0 pipe "spp-plan --seal edited >sealed"
	expect 0 spp-migrate sealed
}

@test "a partition larger than every platform is reported as such" {
	run -0 pipe "$forecast >f"
	jq -c 'if .type == "forecast" and .stream == "orders" and
		.partition == "0" and .subscriber == null
		then .mean.bytes |= map(. * 1000) else . end' f >g
	run -1 pipe "spp-assign g >a"
	[[ $output == *"split"* ]]
	jq -e 'select(.type == "end") | .left[] | select(.partition == "0") |
		.text | contains("split")' a
}

@test "no forecast for a partition: the stream's median, warned" {
	run -0 pipe "$forecast >f"
	jq -c 'select((.type == "forecast" and .stream == "orders" and
		.partition == "0" and .subscriber == null) | not)' f |
		jq -c 'select(.type != "header" and .type != "end")' >g
	run -0 pipe "spp-assign g >a"
	[[ $output == *'warning: '*'orders/0'* ]]
}

@test "no forecast at all: exit 3 with a hint" {
	expect 3 spp-assign "$samples/cluster.ndjson"
	[[ $stderr == *"hint: "*spp-forecast* ]]
}

@test "the same key twice names both lines" {
	run -0 pipe "$forecast >f"
	local line
	line=$(grep -n '"type":"platform"' f | tail -n 1 | cut -d: -f1)
	{ grep -v '"type":"end"' f | grep -v '"type":"header"' &&
		sed -n "${line}p" f; } >g
	expect 3 spp-assign g
	[[ $stderr =~ g:[0-9]+:\ .*at\ g:[0-9]+ ]]
}

@test "two grids are refused" {
	run -0 pipe "$forecast >f"
	run -0 pipe "$forecast --now 2026-11-22T09:00:00Z >g"
	jq -c 'select(.type == "forecast" and .stream == "logs")' g >late
	{ jq -c 'select(.type != "header" and .type != "end" and
		(.type != "forecast" or .stream != "logs"))' f; cat late; } >h
	expect 3 spp-assign h
	[[ $stderr == *"start"* ]]
}

@test "an unknown platform in a plan, another cluster, a negative rate" {
	run -0 pipe "$forecast | spp-assign | spp-plan >p"
	jq -c 'if .type == "move" and .id == "m1" then .to = "nowhere" else . end' \
		p >q
	expect 3 spp-plan --seal q
	[[ $stderr == *nowhere* ]]
	jq -c 'if .type == "move" and .id == "m1" then .rate = -3 else . end' p >q
	expect 3 spp-migrate q
	[[ $stderr =~ q:[0-9]+:\ field\ \"rate\"\ must\ be ]]
	{ cat p; echo '{"type":"cluster","cluster":"other"}'; } >q
	expect 3 spp-plan --seal q
	[[ $stderr == *cluster* ]]
}
