#!/usr/bin/env bats
# spp-sandbox and its driver from outside: sockets, HTTP, signals.
# Conditions are given as text to until_true, and every test is a subshell.
# shellcheck disable=SC2016,SC2030,SC2031
load helper

prepare() {
	cat >world <<-'END'
	{"type":"cluster","cluster":"w"}
	{"type":"platform","platform":"a","rack":"r1","capacity":{"cpu":1}}
	{"type":"platform","platform":"b","capacity":{"cpu":4}}
	{"type":"platform","platform":"c","capacity":{"cpu":4}}
	{"type":"partition","stream":"s/t","partition":"0","replicas":["a","b"],"size_bytes":20000}
	{"type":"partition","stream":"s/t","partition":"1","replicas":["b","c"],"version":"5"}
	{"type":"subscription","subscriber":"x y","stream":"s/t","partition":"0"}
	{"type":"subscription","subscriber":"z","stream":"s/t","partition":"0"}
	{"type":"constraint","constraint":"freeze","stream":"s/t"}
	{"type":"sample","stream":"s/t","partition":"0","time":"2026-01-01T00:00:00Z","interval_s":60,"bytes":600000}
	{"type":"sample","stream":"s/t","partition":"0","time":"2026-01-01T00:01:00Z","interval_s":60,"bytes":1200000}
	{"type":"sample","stream":"s/t","partition":"0","subscriber":"z","time":"2026-01-01T00:00:00Z","interval_s":60,"bytes":1}
	END
	p=s%2Ft%2F0
}

# start OPTION ...: run a sandbox on the world; sets url and pid.
start() {
	spp-sandbox --core-bytes=100000 --record-bytes=200 "$@" \
		>ready 2>errors 3>&- &
	pid=$!
	local i
	for i in {1..100}; do
		[ ! -s ready ] || break
		sleep 0.05
	done
	url=$(jq -r .url ready)
	: "$i"
}

teardown() {
	[ -z "${pid:-}" ] || ! kill "$pid" 2>/dev/null || wait "$pid" || true
}

# ask METHOD PATH [CURL OPTION ...]: body to reply, status in $code.
ask() {
	local method=$1 path=$2
	shift 2
	code=$(curl -s -o reply -w '%{http_code}' -X "$method" "$@" \
		"$url$path") || true
}

# holds FILTER [FILE]: true of each record that the filter selects.
holds() {
	jq -se "[.[] | $1] | length > 0 and all" "${@:2}" >/dev/null
}

# until_true COMMAND: try it for half a minute.
until_true() {
	local tries
	for tries in {1..600}; do
		! eval "$1" || return 0
		sleep 0.05
	done
	echo "never: $1 ($tries)"
	return 1
}

@test "it says where it listens, ends on SIGTERM and on request" {
	start world
	[ "$(jq -c '.platforms | keys' ready)" = '["a","b","c"]' ]
	kill -TERM "$pid"
	wait "$pid"
	start world
	expect 0 spp-sandbox --quit "$url/"
	wait "$pid"
	[ ! -s errors ]
	pid=
}

@test "it ends by itself" {
	expect 0 spp-sandbox --until=1s --speed=50 world
	[ "$(wc -l <<<"$output")" -eq 1 ]
}

@test "all sockets are on the loopback interface" {
	start world
	local line ports=
	while read -r line; do
		ports+=" ${line%%:*}"
	done < <(awk '$4 == "0A" { split($2, a, ":"); print a[1] ":" a[2] }' \
		"/proc/$pid/net/tcp")
	for line in $(jq -r '.platforms[]' ready) "${url##*:}"; do
		grep -q "0100007F:$(printf %04X "$line") 00000000:0000 0A" \
			"/proc/$pid/net/tcp"
	done
}

@test "records: state, history and samples that every filter reads" {
	start --start=2026-01-01T00:01:00Z --speed=50 --interval=10s world
	until_true 'spp-sandbox --records "$url" >feed &&
		[ "$(grep -c "\"platform\":\"a\".*measured_at" feed)" -ge 1 ]'
	[ "$(jq -r 'select(.type == "cluster").cluster' feed)" = w ]
	holds 'select(.type == "driver") | .driver == "sandbox" and
		.serve == "leader" and .fencing == "epoch"' feed
	holds 'select(.type == "resource_model") | .leader.per_byte == 1e-5 and
		.subscription.per_byte == 1e-5' feed
	holds 'select(.type == "partition" and .partition == "1") |
		.version == "5" and .replicas == ["b", "c"]' feed
	[ "$(jq -c 'select(.type == "constraint").stream' feed)" = '"s/t"' ]
	holds 'select(.type == "platform" and .platform == "a") |
		.rack == "r1" and .capacity.cpu == 1 and .load.cpu > 0' feed
	holds 'select(.type == "subscription" and .subscriber == "z") |
		.position != null and .platform == "a"' feed
	# What the world says of the time before the start is history.
	[ "$(jq -s '[.[] | select(.type == "sample" and
		.time == "2026-01-01T00:00:00Z")] | length' feed)" -eq 2 ]
	# 20 kB/s are published from the start on: of that a third at most
	# is chance.
	holds 'select(.type == "sample" and .partition == "0" and
		.subscriber == null and .time == "2026-01-01T00:01:00Z") |
		.interval_s == 10 and .bytes > 130000 and .bytes < 270000 and
		.records == .bytes / 200' feed
	holds 'select(.type == "sample" and .subscriber == "x y" and
		.time == "2026-01-01T00:01:00Z") | .platform == "a"' feed
	expect 0 spp-sandbox --records "$url" --since=2026-01-01T00:01:10Z
	[ -z "$(jq -c 'select(.type == "sample" and
		.time < "2026-01-01T00:01:10Z")' <<<"$output")" ]
	expect 0 spp-forecast --strict --horizon 1m --slot 10s feed
	# What was measured before a move is not told after it.
	ask PUT "/v1/partitions/$p/route" -d '{"to":"b"}'
	spp-sandbox --records "$url" >feed
	holds 'select(.type == "platform" and .platform == "a") |
		.measured_at == null and .load == null' feed
	holds 'select(.type == "platform" and .platform == "c") |
		.measured_at != null' feed
}

@test "status, ledger and metrics" {
	start --speed=20 world
	until_true '[ "$(spp-sandbox --status "$url" |
		jq ".delivered > 100")" = true ]'
	expect 0 spp-sandbox --status "$url"
	jq -e '.lost == 0 and .speed == 20 and .latency_ms.p99 > 0 and
		(.platforms | length) == 3' <<<"$output"
	expect 0 spp-sandbox --ledger "$url"
	jq -e '.subscriptions | map(.resumes) == ["tail", "position"]' \
		<<<"$output"
	ask GET /metrics
	[ "$code" = 200 ]
	grep -q '^spp_platform_served_bytes_total{platform="a"} [1-9]' reply
	grep -q '^# TYPE spp_platform_overload_seconds_total counter$' reply
}

@test "rates are scaled and held" {
	start world
	ask PUT /v1/rates -d '{"scale":0}'
	[ "$code" = 200 ]
	until_true '[ "$(spp-sandbox --ledger "$url" |
		jq ".unacknowledged + .pending")" = 0 ]'
	local before
	before=$(spp-sandbox --status "$url" | jq .published)
	sleep 0.3
	[ "$(spp-sandbox --status "$url" | jq .published)" = "$before" ]
	ask PUT /v1/rates -d '{"scale":1,"hold":true}'
	until_true '[ "$(spp-sandbox --status "$url" |
		jq ".published > $before")" = true ]'
	ask PUT /v1/rates -d '{"scale":-1}'
	[ "$code" = 400 ]
}

@test "control: the codes of what goes wrong" {
	start world
	ask GET /nowhere
	[ "$code" = 404 ]
	ask POST /records
	[ "$code" = 405 ]
	ask GET /v1/partitions/s%2Ft%2F9
	[ "$code" = 404 ]
	ask GET /v1/partitions/%zz
	[ "$code" = 404 ]
	ask PUT "/v1/partitions/$p/route" -d '{"to":"q"}'
	[ "$code" = 404 ]
	ask PUT "/v1/partitions/$p/route" -d '{"to":'
	[ "$code" = 400 ]
	ask PUT "/v1/partitions/$p/route" -d '[]'
	[ "$code" = 400 ]
	ask PUT "/v1/partitions/$p/route" -d '{}'
	[ "$code" = 400 ]
	ask PUT "/v1/partitions/$p/route" -d '{"to":"c"}'
	[ "$code" = 422 ]
	ask PUT "/v1/partitions/$p/route" -d '{"to":"b"}' -H 'If-Match: "8"'
	[ "$code" = 412 ]
	ask POST "/v1/partitions/$p:detach" -d '{"platform":"a"}'
	[ "$code" = 422 ]
	ask POST "/v1/partitions/$p/subs/nobody:open" -d '{"to":"b"}'
	[ "$code" = 404 ]
	ask POST "/v1/partitions/$p/subs/z:open" -d '{"to":"b","from":"x"}'
	[ "$code" = 400 ]
	ask GET "/v1/partitions/$p/subs/z/evidence?from=a&to=b"
	[ "$code" = 404 ]
	ask POST /v1/fence
	[ "$(cat reply)" = '{"epoch":0}' ]
	ask POST "/v1/partitions/$p:cancel" -H 'Spp-Epoch: 0'
	[ "$code" = 423 ]
	ask POST "/v1/partitions/$p:cancel" -H 'Spp-Epoch: 1'
	[ "$code" = 200 ]
	head -c 2000000 /dev/zero >large
	ask PUT /v1/throttle --data-binary @large
	[ "$code" = 413 ]
}

@test "control: the same key gives the same reply" {
	start world
	ask PUT "/v1/partitions/$p/route" -d '{"to":"b"}' \
		-H 'If-Match: "1"' -H 'Idempotency-Key: k'
	[ "$code" = 200 ]
	[ "$(cat reply)" = '{"version":"2"}' ]
	ask PUT "/v1/partitions/$p/route" -d '{"to":"b"}' \
		-H 'If-Match: "1"' -H 'Idempotency-Key: k'
	[ "$code" = 200 ]
	[ "$(cat reply)" = '{"version":"2"}' ]
	ask PUT "/v1/partitions/$p/route" -d '{"to":"a"}' \
		-H 'If-Match: "1"' -H 'Idempotency-Key: l'
	[ "$code" = 412 ]
}

@test "faults on demand" {
	start --fault='b.route:transient@1' --fault='*.route:cut-applied@2' \
		--fault='*.attach:timeout-lost@1' --fault='*.attach:stalled@2' \
		world
	ask PUT "/v1/partitions/$p/route" -d '{"to":"b"}'
	[ "$code" = 503 ]
	ask PUT "/v1/partitions/$p/route" -d '{"to":"b"}'
	[ "$code" = 000 ]
	ask GET "/v1/partitions/$p"
	[ "$(jq -r .state.route reply)" = b ]
	ask POST "/v1/partitions/$p:attach" -d '{"to":"c"}' -m 0.3
	[ "$code" = 000 ]
	ask POST "/v1/partitions/$p:attach" -d '{"to":"c"}'
	[ "$code" = 202 ]
	ask GET "/v1/partitions/$p"
	[ "$(jq -r .state.inflight reply)" = null ]
	ask POST "/v1/partitions/$p:attach" -d '{"to":"c"}'
	[ "$code" = 202 ]
	until_true 'curl -s "$url/v1/partitions/$p" |
		jq -e ".state.replicas | length == 3"'
	# Held replies do not hold up the end.
	kill -TERM "$pid"
	wait "$pid"
	pid=
}

@test "overloaded platforms refuse new work where they should" {
	start --refuse --scale=20 --start=2026-01-01T00:00:00Z world
	until_true '[ "$(spp-sandbox --status "$url" |
		jq ".platforms[0].overload_s > 0")" = true ]'
	ask POST "/v1/partitions/s%2Ft%2F1:attach" -d '{"to":"a"}'
	[ "$code" = 422 ]
	[ "$(jq -r .error reply)" = "platform a is overloaded" ]
}

@test "worlds that cannot be played" {
	expect 3 spp-sandbox </dev/null
	grep -v '"platform":"a"' world >in
	expect 3 spp-sandbox in
	[[ $stderr == 'spp-sandbox: in:4: '*'unknown platform "a"'* ]]
	grep -v '"type":"partition"' world >in
	expect 3 spp-sandbox in
	sed 's/"cpu":1/"memory":1/' world >in
	expect 3 spp-sandbox in
	[[ $stderr == 'spp-sandbox: in:2: platform "a" has no capacity'* ]]
	sed 's/"interval_s":60,/"kind":"counter",/' world >in
	expect 3 spp-sandbox in
	expect 2 spp-sandbox --fault=nonsense world
	expect 4 spp-sandbox --records http://127.0.0.1:1
	expect 4 spp-sandbox --status nonsense:
}

# driver REQUEST ...: what the driver answers, in the order of the ids.
driver() {
	printf '%s\n' "$@" | spp-driver-sandbox "$url" | jq -sc 'sort_by(.id)[]'
}

@test "driver: every operation" {
	start world
	driver '{"v":1,"id":"0","op":"fence"}' \
		'{"v":1,"id":"1","op":"hello","unknown":1}' \
		'{"v":1,"id":"2","op":"list"}' \
		'{"v":1,"id":"3","op":"inflight"}' >out
	[ "$(sed -n 1p out)" = '{"v":1,"id":"0","ok":true,"epoch":0}' ]
	holds 'select(.id == "1") | .cluster == "w" and
		.driver.handover_s > 0 and .idempotent.attach == "yes" and
		.readback == "strong" and .rollback == "cancel"' out
	holds 'select(.id == "2") | .partitions | map(.partition) ==
		["s/t/0", "s/t/1"]' out
	[ "$(sed -n 4p out)" = '{"v":1,"id":"3","ok":true,"moves":[]}' ]
	local of='"epoch":1,"args":{"partition":"s/t/0"'
	driver "{\"id\":1,\"op\":\"attach\",\"key\":\"1\",$of,\"to\":\"c\",\"copy_from\":\"b\",\"bytes\":20000,\"rate\":50000}}" >out
	[ "$(cat out)" = '{"v":1,"id":1,"ok":true}' ]
	driver "{\"id\":1,\"op\":\"get\",$of}}" >out
	jq -e '.state.inflight | .op == "attach" and .to == "c" and
		.bytes >= 20000' out
	until_true 'driver "{\"id\":1,\"op\":\"get\",$of}}" |
		jq -e ".state.replicas == [\"a\",\"b\",\"c\"]"'
	driver "{\"id\":1,\"op\":\"route\",\"key\":\"2\",$of,\"to\":\"c\",\"if_version\":\"2\"}}" >out
	jq -e '.ok and .version == "3"' out
	driver "{\"id\":1,\"op\":\"subs\",$of,\"on\":\"a\"}}" \
		"{\"id\":2,\"op\":\"subs\",$of,\"on\":\"c\"}}" >out
	holds 'select(.id == 1) | .subs | map(.id) == ["x y", "z"]' out
	holds 'select(.id == 2) | .subs == []' out
	local sub
	for sub in 'x y' z; do
		driver "{\"id\":1,\"op\":\"open_sub\",\"key\":\"o$sub\",$of,\"sub\":\"$sub\",\"to\":\"c\"}}" >out
		jq -e .ok out
		until_true 'driver "{\"id\":1,\"op\":\"evidence\",$of,\"sub\":\"$sub\",\"from\":\"a\",\"to\":\"c\"}}" | holds "select(.new_from) | .covered"'
		driver "{\"id\":1,\"op\":\"close_sub\",\"key\":\"c$sub\",$of,\"sub\":\"$sub\",\"on\":\"a\"}}" >out
		jq -e .ok out
	done
	driver "{\"id\":1,\"op\":\"detach\",\"key\":\"d\",$of,\"platform\":\"a\",\"require\":{\"no_subs\":true}}}" \
		'{"id":2,"op":"throttle","epoch":1,"args":{"rate":5000}}' \
		"{\"id\":3,\"op\":\"cancel\",$of}}" >out
	[ "$(jq -s 'map(.ok) | all' out)" = true ]
	driver "{\"id\":1,\"op\":\"get\",$of}}" >out
	jq -e '.state | .replicas == ["c", "b"] and .route == "c" and
		(.subs | map(.on) == [["c"], ["c"]])' out
	ask PUT /v1/rates -d '{"scale":0}'
	until_true '[ "$(spp-sandbox --ledger "$url" | jq .pending)" = 0 ]'
	spp-sandbox --ledger "$url" |
		jq -e '.lost == 0 and .duplicated == 0 and .out_of_order == 0'
}

# code_of REQUEST: the code of the error that it is answered with.
code_of() {
	driver "$1" | jq -r '.error.code + " " + .error.next'
}

@test "driver: every code" {
	start --fault='*.cancel:timeout-lost@1' --fault='*.cancel:cut-lost@2' \
		--fault='*.get:cut-lost@1' --fault='*.detach:transient@1' world
	local of='"args":{"partition":"s/t/0"'
	[ "$(code_of '{"id":1,"op":"dance"}')" = "unsupported stop" ]
	[ "$(code_of '{"id":1,"op":"get","args":{}}')" = "fatal stop" ]
	[ "$(code_of '{"id":1,"op":"get","args":[]}')" = "fatal stop" ]
	[ "$(code_of '{"id":1,"op":"get","args":{"partition":"x"}}')" = \
		"not_found stop" ]
	[ "$(code_of "{\"id\":1,\"op\":\"route\",$of,\"to\":\"c\"}}")" = \
		"refused wait" ]
	[ "$(code_of "{\"id\":1,\"op\":\"route\",$of,\"to\":\"b\",\"if_version\":\"9\"}}")" = "conflict read" ]
	[ "$(code_of "{\"id\":1,\"op\":\"detach\",$of,\"platform\":\"b\"}}")" = \
		"transient retry" ]
	[ "$(code_of "{\"id\":1,\"op\":\"cancel\",\"deadline_ms\":200,$of}}")" = \
		"unknown read" ]
	[ "$(code_of "{\"id\":1,\"op\":\"cancel\",$of}}")" = "unknown read" ]
	# Reading can always be tried again.
	[ "$(code_of "{\"id\":1,\"op\":\"get\",$of}}")" = "transient retry" ]
	driver "{\"id\":1,\"op\":\"attach\",$of,\"to\":\"c\",\"rate\":2001}}"
	[ "$(code_of "{\"id\":1,\"op\":\"route\",$of,\"to\":\"b\"}}")" = \
		"in_progress read" ]
	driver '{"id":1,"op":"fence"}'
	[ "$(code_of "{\"id\":1,\"op\":\"cancel\",\"epoch\":0,$of}}")" = \
		"fenced stop" ]
	[ "$(code_of "{\"id\":1,\"op\":\"cancel\",\"key\":\"a\\nb\",$of}}")" = \
		"fatal stop" ]
	url=http://127.0.0.1:1
	[ "$(code_of "{\"id\":1,\"op\":\"cancel\",$of}}")" = "transient retry" ]
}

@test "driver: many requests at once, and its own errors" {
	start --fault='*.get:timeout-lost@1' world
	# The first is held back; the others must not wait for it.
	{
		for i in {1..50}; do
			echo "{\"id\":$i,\"op\":\"get\",\"deadline_ms\":1500,\"args\":{\"partition\":\"s/t/0\"}}"
		done
	} | spp-driver-sandbox "$url" >out
	[ "$(wc -l <out)" -eq 50 ]
	[ "$(jq -s 'map(select(.ok)) | length' out)" -eq 49 ]
	[ "$(tail -n 1 out | jq -r .error.code)" = transient ]
	expect 2 spp-driver-sandbox
	run -3 --separate-stderr spp-driver-sandbox "$url" <<<'nonsense'
	run -3 --separate-stderr spp-driver-sandbox "$url" <<<'{"op":"get"}'
}
