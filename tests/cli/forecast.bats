#!/usr/bin/env bats
# spp-forecast: every form of history that files have, and what it says of
# what is wrong with them.
load helper

# long COUNT: a long history of two series, one minute apart.
long() {
	echo time,stream,partition,bytes,records
	awk -v count="$1" 'BEGIN {
		for (i = 0; i < count; i++)
			for (p = 0; p < 2; p++)
				printf "2026-11-22T%02d:%02d:00Z,s,%d,%d,%d\n",
					i / 60, i % 60, p, 6000 * (p + 1), 60
	}'
}

# forecasts FIELD: that field of all forecasts of the last output.
forecasts() {
	jq -c "select(.type == \"forecast\") | $1" <<<"$output"
}

@test "a long history: rates, slots, last" {
	long 30 >h.csv
	expect 0 spp-forecast --csv h.csv
	[ -z "$stderr" ]
	[ "$(forecasts .partition)" = $'"0"\n"1"' ]
	[ "$(forecasts '.mean.bytes | unique')" = $'[100]\n[200]' ]
	[ "$(forecasts '.mean.records | unique')" = $'[1]\n[1]' ]
	[ "$(forecasts '.slot_s | length')" = $'15\n15' ]
	[ "$(forecasts .last.bytes)" = $'100\n200' ]
	[ "$(forecasts .start | uniq)" = '"2026-11-22T00:30:00Z"' ]
	jq -e 'select(.type == "header") | .now == "2026-11-22T00:30:00Z"' \
		<<<"${lines[0]}"
}

@test "any order of rows and columns, any number of threads: same bytes" {
	long 90 >h.csv
	awk -F, '{ print $4 "," $2 "," $5 "," $1 "," $3 }' h.csv >columns.csv
	{ head -n 1 h.csv && tail -n +2 h.csv | sort -r; } >rows.csv
	expect 0 spp-forecast --csv h.csv --threads 1
	first=$output
	for file in h columns; do
		expect 0 spp-forecast --csv $file.csv --threads 3
		[ "$output" = "$first" ]
	done
	expect 0 spp-forecast --csv rows.csv
	[ "$(forecasts .)" = "$(jq -c 'select(.type == "forecast")' \
		<<<"$first")" ]
}

@test "columns of other names, times of other forms" {
	printf 'when,who,load\n22.11.2026 10:00,a,60\n22.11.2026 10:01,a,60\n' \
		>h.csv
	expect 0 spp-forecast --csv h.csv --stream s --utc-offset +01:00 \
		--time-format '%d.%m.%Y %H:%M' \
		--columns time=when,partition=who,bytes=load
	[ "$(forecasts '[.partition, .start, .mean.bytes[0]]')" = \
		'["a","2026-11-22T09:02:00Z",1]' ]
	printf 'time,bytes\n1795341600,60\n1795341660,60\n' >h.csv
	expect 0 spp-forecast --csv h.csv --stream s --time-format epoch
	[ "$(forecasts '[.partition, .start]')" = \
		'["0","2026-11-22T10:02:00Z"]' ]
	printf 'time,bytes\n2026-11-22 10:00:00,60\n2026-11-22 10:01:00,60\n' \
		>h.csv
	expect 0 spp-forecast --csv h.csv --stream s --utc-offset Z
	expect 3 spp-forecast --csv h.csv --stream s
	says 'spp-forecast: h.csv:2: column "time" must be a time, got "2026-11-22 10:00:00"'
	says 'spp-forecast: hint: Times are like 2026-11-22T10:00:00Z; see --utc-offset and --time-format.'
}

@test "wide files: headings that are times, numbered ones, none at all" {
	{
		echo stream,partition,2026-11-22T10:00:00Z,2026-11-22T10:05:00Z
		echo s,a,300,600
		echo s,b,,900
	} >h.csv
	expect 0 spp-forecast --csv h.csv
	[ "$(forecasts '[.partition, .last.bytes]')" = $'["a",2]\n["b",3]' ]
	[ "$(forecasts '.slot_s[0]' | uniq)" = 300 ]
	printf '"V1","V2","V3"\n"H1","7","8"\n"H2","9"\n' >h.csv
	expect 0 spp-forecast --csv h.csv --columns partition=V1 --stream m4 \
		--measure records --kind rate --record-bytes 10 \
		--start 2026-11-22T00:00:00Z --step 1h --horizon 2h --slot 1h
	[ "$(forecasts '[.partition, .last.records, .last.bytes]')" = \
		$'["H1",8,80]\n["H2",9,90]' ]
	printf 'vm1,1.5,2.5\nvm2,0,-1\n' >h.csv
	expect 0 spp-forecast --csv h.csv --no-header --stream vm --step 5m \
		--start 2026-11-22T00:00:00Z --kind rate --scale 1000 \
		--missing -1
	[ "$(forecasts '[.partition, .last.bytes]')" = \
		$'["vm1",2500]\n["vm2",0]' ]
	printf '60\n120\n180\n' >h.csv
	expect 0 spp-forecast --csv h.csv --no-header --stream web --step 1m \
		--start 2026-11-22T00:00:00Z
	[ "$(forecasts '[.partition, .last.bytes]')" = '["0",3]' ]
	printf 'dsp:x,2016,1,5,6\ndsp:x,2119,2,7,8\n' >h.csv
	expect 0 spp-forecast --csv h.csv --no-header --step 5m --kind rate \
		--start 2026-11-22T00:00:00Z \
		--columns stream=1,partition=3,values=4
	[ "$(forecasts '[.stream, .partition, .last.bytes]')" = \
		$'["dsp:x","1",6]\n["dsp:x","2",8]' ]
}

@test "wide files that lack what is needed" {
	printf 'a,1,2\n' >h.csv
	expect 2 spp-forecast --csv h.csv --no-header --stream s
	says 'spp-forecast: h.csv:1: a file without header needs --start and --step'
	printf 'partition,x,y\na,1,2\n' >h.csv
	expect 3 spp-forecast --csv h.csv --stream s
	says 'spp-forecast: h.csv:1: column "x" is neither known nor a time'
	printf 'time,partition,x\n' >h.csv
	expect 3 spp-forecast --csv h.csv --stream s
	says 'spp-forecast: h.csv:1: no column "bytes" or "records"'
	expect 3 spp-forecast --csv h.csv --columns bytes=y
	says 'spp-forecast: h.csv:1: no column "y"'
	expect 2 spp-forecast --csv h.csv --columns size=x
	says 'spp-forecast: h.csv:1: option --columns must be like bytes=NAME, got "size=x"'
	expect 2 spp-forecast --csv h.csv --time-format '%q'
	expect 2 spp-forecast --csv h.csv --utc-offset 1
	: >h.csv
	expect 3 spp-forecast --csv h.csv
	says 'spp-forecast: h.csv: the file has no row'
}

@test "what is wrong is told with its line, up to twenty times" {
	long 30 >h.csv
	sed -i '5s/6000/x/; 9s/12000/-3/; 20s/$/,7/; 31s/12000/1e19/;
		33s/,1,/,a\/b,/; 41s/,s,/,,/; 44s/Z//; 45s/60$/nan/' h.csv
	expect 3 spp-forecast --csv h.csv
	[ -z "$output" ]
	while IFS= read -r line; do
		says "spp-forecast: h.csv:$line"
	done <<-'END'
		9: column "bytes" must be between 0 and 1e+18, got "-3"
		20: row has 6 columns, the header has 5
		31: column "bytes" must be between 0 and 1e+18, got "1e19"
		33: column "partition" must be without "/", got "a/b"
		41: column "stream" must be a name, got ""
		44: column "time" must be a time, got "2026-11-22T00:21:00"
		45: column "records" must be a number, got "nan"
	END
	awk -F, 'NR > 1 { $4 = "x" } { print }' OFS=, <(long 30) >h.csv
	expect 3 spp-forecast --csv h.csv
	[ "$(wc -l <<<"$stderr")" = 21 ]
	says 'spp-forecast: and 40 more'
}

@test "columns that are not used are told once" {
	long 5 | sed '1s/$/,host,rack/; 2,$s/$/,a,b/' >h.csv
	expect 0 spp-forecast --csv h.csv
	says 'spp-forecast: h.csv:1: warning: column "host" and 1 more are not used'
}


@test "samples in the feed: deltas, rates, counters, two platforms" {
	for minute in 0 1 2 3; do
		printf '{"type":"sample","stream":"s","partition":"0","time":"2026-11-22T10:0%d:00Z","interval_s":60,"bytes":600}\n' $minute
		printf '{"type":"sample","stream":"s","partition":"1","time":"2026-11-22T10:0%d:00Z","kind":"rate","bytes":7}\n' $minute
		printf '{"type":"sample","stream":"s","partition":"2","time":"2026-11-22T10:0%d:00Z","kind":"counter","bytes":%d}\n' \
			$minute $((1000 + 1200 * minute))
		for platform in p q; do
			printf '{"type":"sample","stream":"s","partition":"3","platform":"%s","time":"2026-11-22T10:0%d:00Z","kind":"rate","bytes":5}\n' \
				$platform $minute
		done
	done >f
	expect 0 spp-forecast f
	[ "$(forecasts .last.bytes | paste -sd ' ')" = "10 7 20 5" ]
	expect 0 spp-forecast <f
	[ "$(forecasts .last.bytes | paste -sd ' ')" = "10 7 20 5" ]
	[ "$(forecasts . | wc -l)" = 4 ]
	[[ $output != *'"type":"sample"'* ]]
	expect 0 spp-forecast --keep-samples f
	[ "$(grep -c '"type":"sample"' <<<"$output")" = 20 ]
}

@test "what later stages need passes through as it came" {
	long 10 | sed 's/,s,/,orders,/' >h.csv
	cat >c <<-'END'
		{"type":"cluster","cluster":"prod-eu"}
		{"type":"platform","platform":"p1","capacity":{"cpu":8}}
		{"type":"partition",  "stream":"orders","partition":"1","replicas":["p1"]}
		{"type":"subscription","subscriber":"x","stream":"orders","partition":"1"}
		{"type":"constraint","constraint":"freeze","stream":"orders"}
		{"type":"resource_model","resource":"cpu"}
		{"type":"driver","driver":"sandbox"}
	END
	expect 0 spp-forecast --csv h.csv c
	while IFS= read -r line; do
		grep -qxF "$line" <<<"$output"
	done <c
	[ "$(jq -r 'select(.type == "header").cluster' <<<"$output")" = prod-eu ]
	says 'spp-forecast: warning: partitions with a history that no record names: 1, the first is "orders/0"'
	expect 3 spp-forecast --csv h.csv c c
}

@test "nothing is taken as zero" {
	long 10 >h.csv
	cat >c <<-'END'
		{"type":"partition","stream":"s","partition":"0","replicas":["p"]}
		{"type":"partition","stream":"s","partition":"1","replicas":["p"]}
		{"type":"partition","stream":"s","partition":"2","replicas":["p"]}
		{"type":"partition","stream":"t","partition":"0","replicas":["p"]}
		{"type":"subscription","subscriber":"x","stream":"s","partition":"1"}
	END
	expect 0 spp-forecast --csv h.csv c
	[ "$(forecasts '[.stream, .partition, .mean.bytes[0], .warning]')" = \
		'["s","0",100,null]
["s","1",200,null]
["s","1",200,"no history: as what is produced"]
["s","2",150,"no history: median of its stream"]
["t","0",150,"no history: median of all streams"]' ]
	[ "$(forecasts '.sd.bytes[0] > 0' | tail -n 2)" = $'true\ntrue' ]
	says 'spp-forecast: warning: partitions without history: 2, taken as the median of others'
	expect 3 spp-forecast c
	says 'spp-forecast: no history: nothing to forecast from'
	expect 3 spp-forecast </dev/null
}

@test "only subscribers are known: the largest of them, warned" {
	{
		echo time,stream,partition,subscriber,bytes
		for minute in 00 01 02; do
			echo "2026-11-22T10:$minute:00Z,s,0,a,600"
			echo "2026-11-22T10:$minute:00Z,s,0,b,1200"
		done
	} >h.csv
	expect 0 spp-forecast --csv h.csv
	[ "$(forecasts '[.subscriber, .last.bytes]')" = \
		$'[null,20]\n["a",10]\n["b",20]' ]
	says 'spp-forecast: warning: partitions of which only subscribers are known: 1, taken as the largest of them'
}

@test "records without bytes need --record-bytes" {
	long 10 | cut -d, -f1,2,3,5 >h.csv
	expect 3 spp-forecast --csv h.csv
	says 'spp-forecast: history has records but no bytes'
	expect 0 spp-forecast --csv h.csv --record-bytes 50
	[ "$(forecasts '[.last.bytes, .last.records]' | uniq)" = '[50,1]' ]
}

@test "horizon, slots, now, history, model, quantiles" {
	long 1200 >h.csv
	expect 0 spp-forecast --csv h.csv --horizon 10m,3h --slot 5m \
		--now 2026-11-22T19:50:30Z
	[ "$(forecasts '[.start, .slot_s]' | uniq)" = \
		'["2026-11-22T19:50:30Z",[300,300,3570,3600,3030]]' ]
	expect 0 spp-forecast --csv h.csv --history 1h --model last
	[ "$(forecasts .model | uniq)" = '"last"' ]
	[ "$(jq -c 'select(.type == "summary").history[] |
		select(.name == "ticks").count' <<<"$output")" = 60 ]
	expect 0 spp-forecast --csv h.csv --quantiles .1,.5,.95
	[ "$(forecasts '[.quantiles[].q]' | uniq)" = '[0.1,0.5,0.95]' ]
	[ "$(forecasts '.quantiles[1].bytes[0]')" = $'100\n200' ]
	expect 2 spp-forecast --csv h.csv --quantiles .9,.5
	expect 2 spp-forecast --csv h.csv --quantiles 1
	expect 2 spp-forecast --csv h.csv --horizon 15m,5m
	expect 2 spp-forecast --csv h.csv --horizon 1m,2m,3m
	expect 2 spp-forecast --csv h.csv --horizon never
	expect 2 spp-forecast --csv h.csv --horizon 10h --slot 1s
	expect 2 spp-forecast --csv h.csv --step 1ms --horizon 15m
	expect 3 spp-forecast --csv h.csv --now 2027-11-22T10:00:00Z
	says 'spp-forecast: history ends 8750 hours before --now'
}

@test "two days of history bring hours of the next one" {
	awk 'BEGIN { print "time,stream,partition,bytes"
		for (i = 0; i < 577; i++)
			printf "2026-11-%02dT%02d:%02d:00Z,s,0,%d\n",
				20 + i / 288, i / 12 % 24, i * 5 % 60,
				300 * (100 + i % 288) }' >h.csv
	expect 0 spp-forecast --csv h.csv
	[ "$(forecasts '.slot_s | length')" = 28 ]
	[ "$(forecasts '.slot_s[3:5]')" = '[2400,3600]' ]
	[ "$(forecasts '[.mean.bytes[0], .mean.bytes[4]] | map(round)')" = \
		'[101,118]' ]
	expect 0 spp-forecast --csv h.csv --history 24h
	[ "$(forecasts '.slot_s | length')" = 3 ]
}

@test "a table for eyes: the hottest first" {
	long 10 >h.csv
	expect 0 spp-forecast --csv h.csv --format table
	[[ ${lines[0]} == partition* ]]
	[[ ${lines[1]} == "s/1 "*"200 B/s"* ]]
	[[ ${lines[2]} == "s/0 "*"100 B/s"* ]]
	[ ${#lines[@]} = 3 ]
}

@test "the summary counts what was met" {
	cat >h.csv <<-'END'
		time,stream,partition,bytes
		2026-11-22T10:00:00Z,s,0,60
		2026-11-22T10:03:00Z,s,0,60
		2026-11-22T10:01:00Z,s,0,60
		2026-11-22T10:01:00Z,s,0,120
		2026-11-22T10:05:00Z,s,0,60
		2026-11-22T10:06:00Z,s,0,60
		2026-11-22T10:07:00Z,s,0,60
		2026-11-22T10:09:00Z,s,0,60
	END
	expect 0 spp-forecast --csv h.csv --now 2026-11-22T10:09:00Z
	[ "$(jq -c 'select(.type == "summary").history |
		map({(.name): .count}) | add |
		[.samples, .duplicate, .late, .missing, .after_now]' \
		<<<"$output")" = '[8,1,2,2,1]' ]
}

@test "no stdin is read with --csv alone, and is with -" {
	long 5 >h.csv
	expect 0 spp-forecast --csv h.csv <&-
	echo '{"type":"cluster","cluster":"c"}' >c
	expect 0 spp-forecast --csv h.csv - <c
	[ "$(jq -r 'select(.type == "header").cluster' <<<"$output")" = c ]
	expect 3 spp-forecast --csv h.csv - </dev/null
	expect 4 spp-forecast --csv absent.csv
}
