#!/usr/bin/env bats
# In a build where any request for memory, any read and any write can fail
# at the n-th: exit 4, one message, no segment that ends "ok".
load ../cli/helper

prepare() {
	PATH="$BUILD/faults/bin:$PATH"
	generate=$BUILD/samples/generate
	"$generate" --output . --partitions 9 --platforms 4 --days 0.2 \
		--utilisation 0.9
	spp-forecast --csv history.csv cluster.ndjson --horizon 15m >f
	spp-assign f >a || [ $? -eq 1 ]
	spp-plan a >p || [ $? -eq 1 ]
	grep -q '"type":"move"' p
}

# sweep VARIABLE STATUS-WHEN-WHOLE COMMAND ...: fail at the n-th request for
# n = 1, 2 ..; after the first 300 in strides, until none is hit.  libcsv asks
# for less where it is refused, so that a run may be whole all the same: only
# eight of them one after the other are the end.
sweep() {
	local variable=$1 whole=$2 n=0 failures=0 in_a_row=0 status
	shift 2
	while [ "$in_a_row" -lt 8 ]; do
		n=$((n < 300 ? n + 1 : n + 1 + n / 16))
		status=0
		env "$variable=$n" "$@" >out 2>err </dev/null || status=$?
		if [ "$status" -eq "$whole" ] &&
			grep -q '"type":"end".*"status":"ok"' out; then
			in_a_row=$((in_a_row + 1))
			continue
		fi
		in_a_row=0
		failures=$((failures + 1))
		[ "$status" -eq 4 ] || {
			echo "$* at $n: status $status" && cat err
			return 1
		}
		[ "$(grep -c ': ' <(grep -v -e 'hint: ' -e 'warning: ' err))" \
			-eq 1 ] || {
			echo "$* at $n:" && cat err
			return 1
		}
		if grep -q '"type":"end".*"status":"ok"' out; then
			echo "$* at $n: ends ok"
			return 1
		fi
	done
	echo "$* $variable: $failures failures, the last before $n"
	[ "$failures" -gt 0 ]
}

whole() { # COMMAND ...: its status when nothing fails
	local status=0
	"$@" >/dev/null 2>&1 </dev/null || status=$?
	echo "$status"
}

check_filter() {
	local status
	status=$(whole "$@")
	sweep SPP_FAULT_MEMORY "$status" "$@"
	sweep SPP_FAULT_WRITE "$status" "$@"
	sweep SPP_FAULT_READ "$status" "$@"
}

@test "spp-forecast survives no fault silently" {
	check_filter spp-forecast --threads 1 --horizon 15m --csv history.csv \
		cluster.ndjson
}

@test "spp-assign survives no fault silently" {
	check_filter spp-assign --threads 1 f
}

@test "spp-plan survives no fault silently" {
	check_filter spp-plan --threads 1 a
}

@test "spp-migrate survives no fault silently" {
	check_filter spp-migrate --threads 1 p
}

@test "with two threads a fault is one message all the same" {
	local n
	for n in 5 50 150 500; do
		run -4 --separate-stderr env SPP_FAULT_MEMORY=$n \
			spp-assign --threads 2 f
		[ "$(grep -cv -e 'hint: ' -e 'warning: ' <<<"$stderr")" -eq 1 ]
	done
}
