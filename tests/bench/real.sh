#!/usr/bin/env bash
# usage: [DATA=DIR] [BUILD=DIR] tests/bench/real.sh [live]
# The pipe on real histories: offline, scored on what really followed, and
# once live (only that with "live").
#
# DATA holds bitbrains/netin_2013-8.csv.xz (500 machines, KB/s every 5
# minutes) and azure/invocations_per_minute_1000x1440.csv.xz (1,000
# functions, calls per minute).  Each row is a partition with one replica
# and one subscriber.  20 equal platforms, one resource (cpu, a core-second
# serves CORE bytes of publishing or delivery), so large that the mean load
# of the whole history is 75 %.  The start is balanced on the first two
# thirds: largest mean first, onto the platform with the least.  A partition
# larger than a quarter of a platform counts as split: it is cut to that, for
# all policies.  At 20 origins in the last third, each policy answers from
# the start placement with what came before the origin; until ready_s the
# old placement carries the load.  Overload = bytes above capacity in % of
# all bytes, on the actual slots.
#
# The origin of bitbrains after which most overload follows is then played in
# a sandbox, ten times as fast, its rates divided so that a core serves 20,000
# bytes/s: two days of history before it, what really followed after it, a
# minute kept of each partition, a live subscriber on it.  The pipe runs on
# what the sandbox tells, its plan is migrated, and what is under way then may
# arrive.  Exit 1 when a move was not done, or a record was lost or seen twice.
set -euo pipefail

cd "$(dirname "$0")/../.."
BUILD=$(cd "${BUILD:-build}" && pwd)
PATH=$BUILD/bin:$PATH
DATA=${DATA:-}
work=$BUILD/real
origins=20
platforms=20
utilisation=0.75

# scaled FACTOR: every value times that; gaps stay empty.
scaled() {
	awk -F, -v factor="$1" '
	{
		printf "%s", $1
		for (i = 2; i <= NF; i++)
			printf ",%s", $i == "" ? "" : $i * factor
		print ""
	}'
}

# rates NAME: the history as id,v1,v2 ... in bytes/s.
rates() {
	case $1 in
	bitbrains)
		xzcat "$DATA/bitbrains/netin_2013-8.csv.xz" | scaled 1000
		;;
	azure) # calls of 10,000 bytes
		xzcat "$DATA/azure/invocations_per_minute_1000x1440.csv.xz" |
			scaled 166.6666667
		;;
	esac
}

# cut_large: a value above a quarter of a platform counts as that; the slots
# at the end in which nobody was measured are left out.
cut_large() {
	awk -F, -v platforms="$platforms" -v utilisation="$utilisation" '
	{
		row[NR] = $0
		for (i = 2; i <= NF; i++) {
			sum += $i
			if ($i != "" && i > last)
				last = i
		}
	}
	END {
		capacity = sum / (last - 1) / platforms / utilisation
		for (round = 0; round < 6; round++) {
			sum = 0
			for (r = 1; r <= NR; r++) {
				split(row[r], v, ",")
				for (i = 2; i <= last; i++)
					sum += v[i] > capacity / 4 ? \
						capacity / 4 : v[i]
			}
			capacity = sum / (last - 1) / platforms / utilisation
		}
		for (r = 1; r <= NR; r++) {
			split(row[r], v, ",")
			printf "%s", v[1]
			for (i = 2; i <= last; i++)
				printf ",%s", (v[i] != "" &&
					v[i] > capacity / 4) ? capacity / 4 : v[i]
			print ""
		}
		printf "%.0f\n", capacity >"/dev/stderr"
	}'
}

# world CAPACITY: cluster records with the start placement.
world() {
	awk -F, -v platforms="$platforms" -v capacity="$1" '
	{
		n = int((NF - 1) * 2 / 3)
		sum = 0
		for (i = 2; i <= n + 1; i++)
			sum += $i
		id[NR] = $1
		mean[NR] = sum / n
		order[NR] = NR
	}
	END {
		core = 2 * capacity
		print "{\"type\":\"cluster\",\"cluster\":\"real\"}"
		printf "{\"type\":\"driver\",\"driver\":\"sandbox\"," \
			"\"serve\":\"leader\",\"handover_s\":1," \
			"\"rate\":%.0f}\n", core / 10
		c = 1 / core
		printf "{\"type\":\"resource_model\",\"resource\":\"cpu\"," \
			"\"leader\":{\"per_byte\":%.17g," \
			"\"per_replicated_byte\":%.17g},\"follower\":" \
			"{\"per_byte\":%.17g},\"subscription\":" \
			"{\"per_byte\":%.17g}}\n", c, c, c, c
		for (p = 1; p <= platforms; p++)
			printf "{\"type\":\"platform\",\"platform\":\"p%d\"," \
				"\"capacity\":{\"cpu\":1}}\n", p
		for (i = 2; i <= NR; i++) # insertion sort, largest first
			for (j = i; j > 1 && mean[order[j]] > \
				mean[order[j - 1]]; j--) {
				t = order[j]
				order[j] = order[j - 1]
				order[j - 1] = t
			}
		for (i = 1; i <= NR; i++) {
			least = 1
			for (p = 2; p <= platforms; p++)
				if (load[p] < load[least])
					least = p
			r = order[i]
			load[least] += mean[r]
			printf "{\"type\":\"partition\",\"stream\":\"real\"," \
				"\"partition\":\"%s\",\"replicas\":[\"p%d\"]," \
				"\"size_bytes\":%.0f}\n", id[r], least,
				60 * mean[r]
			printf "{\"type\":\"subscription\",\"subscriber\":" \
				"\"app\",\"stream\":\"real\",\"partition\":" \
				"\"%s\"}\n", id[r]
		}
	}'
}

# score FIRST COUNT CAPACITY STEP: overload of the actual slots FIRST ..
# after the answer on standard input; "sum_over sum_all".
score() {
	jq -r 'if .type == "partition" then
			"place \(.partition) \(.replicas[0])"
		elif .type == "assignment" then
			"move \(.partition) \(.to[0]) \(.ready_s)"
		else empty end' |
		awk -v first="$1" -v count="$2" -v capacity="$3" -v step="$4" '
	FNR == NR && $1 == "place" { old[$2] = $3; next }
	FNR == NR { new[$2] = $3; ready[$2] = $4; next }
	{
		split($0, v, ",")
		id = v[1]
		for (k = 0; k < count; k++) {
			x = v[first + k + 1]
			old_part = 1
			if (id in new) {
				old_part = (ready[id] - k * step) / step
				old_part = old_part < 0 ? 0 : \
					old_part > 1 ? 1 : old_part
				load[new[id], k] += x * (1 - old_part)
			}
			load[old[id], k] += x * old_part
			all += x
		}
	}
	END {
		for (l in load)
			if (load[l] > capacity)
				over += load[l] - capacity
		print over + 0, all
	}' - "$work/$name.csv"
}

seconds() { # LABEL COMMAND ...: run; note seconds and peak memory
	local label=$1
	shift
	/usr/bin/time -q -a -o "$work/time.$label" -f '%e %M' "$@"
}

answer() { # POLICY: forecast and assign at $now into $work/$policy.a
	local model=() certain=() status=0
	if [ "$1" = last ]; then
		model=(--model last)
		certain=(--certain)
	fi
	seconds "forecast-$1" spp-forecast --csv "$work/$name.csv" --no-header \
		--columns partition=1 --stream real --measure bytes \
		--kind rate --start "$start" --step "$step" --now "$now" \
		"${model[@]}" "$work/$name.ndjson" >"$work/$1.f"
	seconds "assign-$1" spp-assign "${certain[@]}" "$work/$1.f" \
		>"$work/$1.a" 2>"$work/$1.err" || status=$?
	[ "$status" -le 1 ]
	spp-verify "$work/$1.a"
}

plan() {
	local status=0
	seconds plan spp-plan "$work/default.a" >"$work/plan" || status=$?
	[ "$status" -le 1 ]
	spp-verify "$work/plan"
	jq -r 'select(.type == "summary" and .stage == "plan") |
		"\(.moves) \(.makespan_s) \(.makespan_bound_s)"' "$work/plan" \
		>>"$work/plans"
}

# prepare NAME STEP: its history and the world at the start.
prepare() {
	name=$1 step=$2 start=2013-08-01T00:00:00Z
	rates "$name" | cut_large >"$work/$name.csv" 2>"$work/capacity"
	capacity=$(cat "$work/capacity")
	world "$capacity" <"$work/$name.csv" >"$work/$name.ndjson"
	ticks=$(head -n 1 "$work/$name.csv" | tr -cd , | wc -c)
}

run() {
	local first k policy count
	prepare "$1" "$2"
	rm -f "$work"/{time,score,moves}.* "$work/plans"
	for ((k = 0; k < origins; k++)); do
		origin "$k"
		for policy in last default; do
			answer "$policy"
		done
		plan
		cp "$work/$name.ndjson" "$work/static.a"
		for policy in static last default; do
			for count in $((900 / step)) $((14400 / step)); do
				score "$first" "$count" "$capacity" "$step" \
					<"$work/$policy.a" >>"$work/score.$policy.$count"
			done
			jq -r 'select(.type == "assignment") | .partition' \
				"$work/$policy.a" | wc -l >>"$work/moves.$policy"
		done
	done
	report
}

# origin K: sets first, the slot of the K-th origin, and now, its time.
# Four hours follow each.
origin() {
	first=$((ticks * 2 / 3 + $1 * (ticks / 3 - 14400 / step) / origins + 1))
	now=$(date -u -d "$start + $(((first - 1) * step)) seconds" \
		+%Y-%m-%dT%H:%M:%SZ)
}

# samples: two days before the origin, of partitions and subscribers, and an
# hour of what was published after it.
samples() {
	awk -F, -v first="$first" -v step="$step" -v share="$share" \
		-v begin="$(date -u -d "$start" +%s)" '
	{
		from = first - 172800 / step
		for (i = from < 1 ? 1 : from; i < first + 3600 / step; i++)
			if ($(i + 1) != "") {
				tell(i, "")
				if (i < first)
					tell(i, "\"subscriber\":\"app\",")
			}
	}
	function tell(i, subscriber) {
		printf "{\"type\":\"sample\",\"stream\":\"real\"," \
			"\"partition\":\"%s\",%s\"time\":\"%s\"," \
			"\"interval_s\":%d,\"bytes\":%.6g," \
			"\"kind\":\"rate\"}\n", $1, subscriber,
			strftime("%Y-%m-%dT%H:%M:%SZ",
			begin + (i - 1) * step, 1), step, $(i + 1) / share
	}' "$work/$name.csv"
}

# worst: the origin after which most overload follows where nobody moves.
worst() {
	local k
	for ((k = 0; k < origins; k++)); do
		origin "$k"
		echo "$k $(score "$first" $((14400 / step)) "$capacity" "$step" \
			<"$work/$name.ndjson")"
	done | awk '$3 && $2 / $3 > most { most = $2 / $3; worst = $1 }
		END { print worst + 0 }'
}

# status FILTER: of the sandbox.
status() {
	spp-sandbox --status "$url" | jq "$1"
}

stop_service() {
	[ -z "${service:-}" ] || kill "$service" 2>/dev/null || true
}

start_service() {
	{
		jq -c --argjson share "$share" '
			if .type == "partition" then
				.size_bytes = (.size_bytes / $share | floor) |
				.retention_s = 60
			elif .type == "driver" or .type == "resource_model"
			then empty else . end' "$work/$name.ndjson"
		samples
	} >"$work/live.ndjson"
	rm -rf "$work/service" "$work/state"
	TZ=UTC spp-sandbox --speed 10 --core-bytes 20000 \
		--record-bytes 500 --interval "${step}s" --window 10s \
		--start "$now" "$work/live.ndjson" >"$work/service" &
	service=$!
	trap stop_service EXIT
	until [ -s "$work/service" ]; do
		sleep 0.2
	done
	url=$(jq -r .url "$work/service")
	sleep $((step / 10 + 1)) # one interval is measured
}

# drain: no more is published; all that was has arrived, or never will.
drain() {
	curl -sf -X PUT -d '{"scale":0}' "$url/v1/rates" >/dev/null
	until [ "$(status '.unacknowledged + .pending')" -eq 0 ]; do
		sleep 1
	done
}

# live: the worst origin migrated on a sandbox.
live() {
	local url service share=$((capacity / 10000)) begun real passed code=0
	origin "$(worst)"
	start_service
	spp-sandbox --records "$url" >"$work/live.r"
	spp-forecast --step "$step" "$work/live.r" >"$work/live.f"
	spp-assign "$work/live.f" >"$work/live.a" 2>"$work/live.err" ||
		[ $? -eq 1 ]
	spp-plan "$work/live.a" >"$work/live.p" 2>>"$work/live.err" ||
		[ $? -eq 1 ]
	begun=$(status .elapsed_s)
	real=$(date +%s.%N)
	XDG_STATE_HOME=$work/state timeout 900 spp-migrate \
		--driver "sandbox $url" "$work/live.p" \
		>"$work/live.m" 2>>"$work/live.err" || code=$?
	real=$(jq -n "$(date +%s.%N) - $real")
	passed=$(status ".elapsed_s - $begun")
	drain
	status . >"$work/live.status"
	spp-sandbox --quit "$url" >/dev/null
	wait "$service"
	service=
	echo "$name live from $now: rates divided by $share," \
		"$(jq -n "$real | round") s of real time," \
		"$(jq -n "$passed | round") s of the sandbox's," \
		"$(jq '.slip_s | round' "$work/live.status") s slipped," \
		"status $code"
	verdict
}

# verdict: what came of the live run; false when something is wrong with it.
verdict() {
	jq -rn '[inputs] |
		(map(select(.type == "confirmation")) | group_by(.status) |
			map({key: .[0].status, value: length}) |
			from_entries) as $ended |
		(map(select(.type == "summary" and .stage == "plan"))[0]) as
			$plan |
		(map(select(.type == "end"))[-1].left // []) as $left |
		.[-1] as $sandbox |
		"  moves planned \($plan.moves), done \($ended.done // 0)," +
		" makespan \($plan.makespan_s | round) s," +
		" bound \($plan.makespan_bound_s | round) s",
		"  records published \($sandbox.published)," +
		" delivered \($sandbox.delivered), lost \($sandbox.lost)," +
		" duplicated \($sandbox.duplicated)," +
		" on the wire \($sandbox.wire_duplicated)",
		($left[] | "  \(.what): \(.text)"),
		if $ended.done == $plan.moves and $sandbox.lost == 0 and
			$sandbox.duplicated == 0 and
			$sandbox.delivered == $sandbox.published
		then empty else "failed\n" | halt_error(1) end' \
		"$work/live.p" "$work/live.m" "$work/live.status"
}

report() {
	local policy count
	echo "$name: capacity $capacity bytes/s, $origins origins"
	for policy in static last default; do
		printf '  %-8s' "$policy"
		for count in $((900 / step)) $((14400 / step)); do
			awk -v minutes=$((count * step / 60)) '
			{ over += $1; all += $2 }
			END { printf " overload %3d min %.4f %%", minutes,
				100 * over / all }' "$work/score.$policy.$count"
		done
		awk '{ n += $1 } END { printf "  moves %.2f\n", n / NR }' \
			"$work/moves.$policy"
	done
	for stage in forecast-last forecast-default assign-last \
		assign-default plan; do
		awk -v stage="$stage" '{ s += $1; if ($2 > m) m = $2 }
		END { printf "  %-17s %.2f s, %.0f MiB\n", stage, s / NR,
			m / 1024 }' "$work/time.$stage"
	done
	awk '$1 > 0 { n++; moves += $1; if ($3 > 0) { r += $2 / $3; b++ } }
	END { printf "  plans with moves %d, moves %d, makespan/bound %.4f\n",
		n, moves, b ? r / b : 1 }' "$work/plans"
}

if [ ! -e "$DATA/bitbrains" ]; then
	echo "skipped: DATA= names no directory with the real histories"
	exit 0
fi
mkdir -p "$work"
if [ "${1:-}" = live ]; then
	prepare bitbrains 300
else
	run bitbrains 300
fi
live
if [ "${1:-}" != live ]; then
	run azure 60
fi
