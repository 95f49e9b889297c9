#!/usr/bin/env bats
# Hand-overs of live subscriptions away from an overloaded platform, over
# the sandbox's HTTP interface: the ledger must see what a careless one
# loses, and that one on evidence loses nothing.
# Conditions are given as text to until_true, and every test is a subshell.
# shellcheck disable=SC2016,SC2030,SC2031
load ../cli/helper

partitions=8

# Platform a leads all; in the fifth second it gets more than it can serve.
prepare() {
	{
		printf '{"type":"platform","platform":"%s","capacity":{"cpu":%s}}\n' \
			a 1 b 4
		for ((i = 0; i < partitions; i++)); do
			printf '{"type":"partition","stream":"s","partition":"%s","replicas":["a","b"]}\n' "$i"
			printf '{"type":"subscription","subscriber":"tail","stream":"s","partition":"%s"}\n' "$i"
			printf '{"type":"subscription","subscriber":"position","stream":"s","partition":"%s"}\n' "$i"
			printf '{"type":"sample","stream":"s","partition":"%s","time":"2026-01-01T00:00:0%sZ","kind":"rate","bytes":%s}\n' \
				"$i" 0 2000 "$i" 5 5000
		done
	} >world
	# Four times what is published: 160 kB/s for 100.
	spp-sandbox --core-bytes=100000 --record-bytes=200 --speed=4 world \
		>ready 2>errors 3>&- &
	pid=$!
	until_true '[ -s ready ]'
	url=$(jq -r .url ready)
}

teardown() {
	[ -z "${pid:-}" ] || ! kill "$pid" 2>/dev/null || wait "$pid" || true
}

until_true() {
	local tries
	for tries in {1..1200}; do
		! eval "$1" || return 0
		sleep 0.05
	done
	echo "never: $1 ($tries)"
	return 1
}

# ask METHOD PATH [BODY]
ask() {
	curl -sf -X "$1" ${3:+-d "$3"} "$url/v1/partitions/s%2F$2"
}

# Wait until a has seconds of work before it, then let b lead.
overload() {
	until_true '[ "$(spp-sandbox --status "$url" |
		jq ".platforms[0].backlog_bytes > 200000")" = true ]'
	for ((i = 0; i < partitions; i++)); do
		ask PUT "$i/route" '{"to":"b"}'
	done
	sleep 0.2
}

# No more is published; all that was has arrived, or never will.
ledger() {
	curl -sf -X PUT -d '{"scale":0}' "$url/v1/rates"
	until_true '[ "$(spp-sandbox --ledger "$url" |
		jq ".unacknowledged + .pending")" = 0 ]'
	spp-sandbox --ledger "$url" | tee ledger
}

# sum KEY RESUMES: over the subscriptions that resume so.
sum() {
	jq "[.subscriptions[] | select(.resumes == \"$2\").$1] | add" ledger
}

@test "hand-over on evidence: nothing lost, nothing twice" {
	overload
	for ((i = 0; i < partitions; i++)); do
		for sub in tail position; do
			ask POST "$i/subs/$sub:open" '{"to":"b"}'
			until_true 'ask GET "$i/subs/$sub/evidence?from=a&to=b" |
				grep -q "\"covered\":true"'
			ask POST "$i/subs/$sub:close" '{"on":"a"}'
		done
		ask POST "$i:detach" '{"platform":"a"}'
	done
	ledger
	jq -e '.lost == 0 and .duplicated == 0 and .out_of_order == 0 and
		.corrupt == 0 and .delivered == 2 * .published' ledger
}

@test "hand-over after a fixed time loses records" {
	overload
	for ((i = 0; i < partitions; i++)); do
		for sub in tail position; do
			ask POST "$i/subs/$sub:open" '{"to":"b"}'
		done
	done
	sleep 0.2
	for ((i = 0; i < partitions; i++)); do
		for sub in tail position; do
			ask POST "$i/subs/$sub:close" '{"on":"a"}'
		done
	done
	ledger
	[ "$(sum lost tail)" -gt 0 ]
	# Who resumes by position asks the new side for what is missing.
	[ "$(sum lost position)" -eq 0 ]
	[ "$(sum duplicated position)" -eq 0 ]
}

@test "close-then-open loses records" {
	overload
	for ((i = 0; i < partitions; i++)); do
		for sub in tail position; do
			ask POST "$i/subs/$sub:close" '{"on":"a"}'
			ask POST "$i/subs/$sub:open" '{"to":"b"}'
		done
	done
	ledger
	[ "$(sum lost tail)" -gt 0 ]
	[ "$(sum lost position)" -eq 0 ]
	[ "$(sum duplicated position)" -eq 0 ]
}
