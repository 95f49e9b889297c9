#!/usr/bin/env bats
# spp-plan: options, windows, seal and undo, and what it refuses.
# Each run sets output anew.
# shellcheck disable=SC2030,SC2031
load helper

prepare() {
	# Two hot partitions on p1, one of which only changes its leader.
	cat >in <<-'END'
		{"type":"cluster","cluster":"t"}
		{"type":"driver","driver":"d","handover_s":4,"rate":5e6,"max_inflight":4}
		{"type":"platform","platform":"p1","rack":"r1","capacity":{"disk":1e9,"network_in":4e7,"network_out":1.1e7}}
		{"type":"platform","platform":"p2","rack":"r2","capacity":{"disk":1e9,"network_in":4e7,"network_out":1.1e7}}
		{"type":"platform","platform":"p3","rack":"r3","capacity":{"disk":1e9,"network_in":4e7,"network_out":1.1e7}}
		{"type":"platform","platform":"p4","rack":"r1","capacity":{"disk":1e9,"network_in":4e7,"network_out":1.1e7}}
		{"type":"partition","stream":"s","partition":"0","replicas":["p1","p2","p3"],"size_bytes":4e7,"version":"7"}
		{"type":"partition","stream":"s","partition":"1","replicas":["p1","p2","p3"],"size_bytes":4e7,"version":"8"}
		{"type":"partition","stream":"s","partition":"2","replicas":["p1","p2","p3"],"size_bytes":8e7,"version":"9"}
		{"type":"forecast","stream":"s","partition":"0","start":"2026-11-22T10:00:00Z","slot_s":[300,300],"mean":{"bytes":[1e6,2e6]},"sd":{"bytes":[1e5,1e5]},"last":{"bytes":1e6}}
		{"type":"forecast","stream":"s","partition":"1","start":"2026-11-22T10:00:00Z","slot_s":[300,300],"mean":{"bytes":[1e6,2e6]},"sd":{"bytes":[1e5,1e5]},"last":{"bytes":1e6}}
		{"type":"forecast","stream":"s","partition":"2","start":"2026-11-22T10:00:00Z","slot_s":[300,300],"mean":{"bytes":[1e6,2e6]},"sd":{"bytes":[1e5,1e5]},"last":{"bytes":1e6}}
		{"type":"assignment","stream":"s","partition":"0","from":["p1","p2","p3"],"to":["p4","p2","p3"],"ready_s":14}
		{"type":"assignment","stream":"s","partition":"1","from":["p1","p2","p3"],"to":["p2","p1","p3"],"ready_s":4}
	END
	spp-plan in >p
}

moves() { # FILE FILTER
	jq -c "select(.type == \"move\") | $2" "$1"
}

@test "leader moves come first, all of it in the given form" {
	expect 0 spp-plan in
	[ -z "$stderr" ]
	moves p '[.id,.kind,.partition,.from,.to,.copy_from,.bytes,.start_s,.duration_s,.rate]' >got
	cat >want <<-'END'
		["m1","leader","1","p1","p2",null,0,0,4,null]
		["m2","replica","0","p1","p4","p1",40000000,0,14,5000000]
	END
	diff want got
	moves p '[.phases,.requires,.after,.inverse]' >got
	cat >want <<-'END'
		[{"attach_s":0,"dual_s":4,"release_s":0},{"version":"8","replicas":["p1","p2","p3"]},[],{"kind":"leader","from":"p2","to":"p1"}]
		[{"attach_s":10,"dual_s":3.7,"release_s":0.3},{"version":"7","replicas":["p1","p2","p3"]},[],{"kind":"replica","from":"p4","to":"p1","copy_from":"p4"}]
	END
	diff want got
}

@test "the summary has makespan, bound, gap and witness" {
	jq -c 'select(.type == "summary") |
		[.stage,.moves,.bytes,.makespan_s,.makespan_bound_s,.makespan_gap,.witness,.relief_lost]' \
		p >got
	echo '["plan",2,40000000,14,14,0,"move m2 of s/0 alone, 4e+07 bytes",0]' >want
	diff want got
	jq -se 'any(.type == "summary" and .cost.after.overload < .cost.before.overload)' p
}

@test "nothing to move is an empty plan, exit 0" {
	grep -v assignment in >none
	expect 0 spp-plan none
	[ -z "$stderr" ]
	[ "$(jq -c 'select(.type == "move")' <<<"$output" | wc -l)" -eq 0 ]
	jq -e 'select(.type == "end") | .status == "ok" and .left == []' <<<"$output"
	expect 0 spp-plan --format table none
	[ "$output" = "nothing to move" ]
}

@test "limits: one at a time, slower, fewer on a platform or in a rack" {
	expect 0 spp-plan --max-concurrent 1 in
	moves /dev/stdin .start_s <<<"$output" >got
	printf '0\n4\n' | diff - got
	expect 0 spp-plan --rate 3e6 in
	moves /dev/stdin 'select(.rate) | [.rate,.phases.attach_s]' <<<"$output" >got
	echo '[3000000,20]' | diff - got
	expect 0 spp-plan --max-per-platform 1 in
	moves /dev/stdin .start_s <<<"$output" >got
	printf '0\n4\n' | diff - got
	expect 0 spp-plan --max-per-rack 1 in
	moves /dev/stdin .start_s <<<"$output" >got
	printf '0\n4\n' | diff - got
	expect 0 spp-plan --platform-rate 2e6 in
	moves /dev/stdin 'select(.rate) | .rate' <<<"$output" >got
	echo 2000000 | diff - got
}

@test "a rate below the traffic is refused by name, exit 1" {
	expect 1 spp-plan --rate 1.04e6 in
	jq -c 'select(.type == "end") | .left[] | [.what,.stream,.partition]' \
		<<<"$output" >got
	echo '["move","s","0"]' | diff - got
	[[ $output == *"cannot catch up with live traffic"* ]]
	[ "$(moves /dev/stdin .id <<<"$output" | wc -l)" -eq 1 ]
}

@test "windows: an option, a constraint, one beats the other" {
	expect 0 spp-plan --window 10:01-10:05 in
	[ -z "$stderr" ]
	moves /dev/stdin .start_s <<<"$output" >got
	printf '60\n60\n' | diff - got
	{ cat in; echo '{"type":"constraint","constraint":"window","from":"11:02","to":"12:00","utc_offset":"+01:00"}'; } >w
	expect 0 spp-plan w
	moves /dev/stdin .start_s <<<"$output" >got
	printf '120\n120\n' | diff - got
	expect 0 spp-plan --window 10:01-10:05 w
	says 'spp-plan: warning: option --window takes the place of the window constraints'
	moves /dev/stdin .start_s <<<"$output" >got
	printf '60\n60\n' | diff - got
}

@test "a window that the forecast does not reach is left, with a hint" {
	expect 1 spp-plan --window 12:00-13:00 in
	jq -e 'select(.type == "end") | .left | length == 2' <<<"$output"
	[[ $output == *"--horizon"* ]]
	expect 2 spp-plan --window 25:00-26:00 in
	[ "${#stderr_lines[@]}" -le 2 ]
	[[ $stderr == *"02:00-05:00"* ]]
}

@test "beyond the last slot a move says so" {
	sed 's/"size_bytes":4e7/"size_bytes":4e8/' in >big
	run -0 bash -c 'spp-plan --rate 4e6 big >q'
	moves q '[.kind,.beyond_horizon]' >got
	printf '["leader",null]\n["replica",null]\n' | diff - got
	sed 's/"size_bytes":4e7/"size_bytes":1.6e9/; s/"disk":1e9/"disk":1e10/' \
		in >big
	run -0 bash -c 'spp-plan --rate 4e6 big >q'
	moves q '[.kind,.beyond_horizon]' >got
	printf '["leader",null]\n["replica",true]\n' | diff - got
}

@test "an assignment for another state, an unknown platform: located, exit 3" {
	sed 's/"from":\["p1","p2","p3"\],"to":\["p2"/"from":["p3","p2","p1"],"to":["p2"/' in >q
	expect 3 spp-plan q
	[ -z "$output" ]
	[[ $stderr == "spp-plan: q:14: "*"hint: "* ]]
	sed 's/"to":\["p4"/"to":["p9"/' in >q
	expect 3 spp-plan q
	[ -z "$output" ]
	[[ $stderr == 'spp-plan: q:13: '*'"p9"'* ]]
}

@test "seal: a plan as it is, or moved in time, gets its digest" {
	expect 0 spp-plan --seal p
	[ -z "$stderr" ]
	moves /dev/stdin . <<<"$output" >got
	moves p . >want
	diff want got
	jq -c 'if .id == "m2" then .start_s = 100 else . end' p >edited
	run -0 bash -c 'spp-plan --seal edited 2>/dev/null >sealed'
	[ "$(moves sealed 'select(.id == "m2") | .start_s')" = 100 ]
	expect 0 spp-plan --seal sealed
	[ -z "$stderr" ]
	jq -se 'any(.type == "summary" and .makespan_s == 114)' sealed
}

@test "seal: moves that were taken out leave their assignment undone" {
	jq -c 'select(.id != "m1")' p >edited
	expect 1 spp-plan --seal edited
	[ "$(moves /dev/stdin .id <<<"$output")" = '"m2"' ]
	[[ $output == *"s/1 where it is assigned"* ]]
}

# refuse STATUS FILTER TEXT: an edit of the plan that is refused, with text.
refuse() {
	jq -c "$2" p >edited
	expect "$1" spp-plan --seal edited
	[ -z "$output" ]
	[[ $stderr == *"spp-plan: edited:"*"$3"* ]] || {
		printf '%s\nstderr: %s\n' "$2" "$stderr"
		return 1
	}
}

@test "seal: what cannot run is refused where it stands" {
	refuse 3 'if .id == "m2" then .to = "p9" else . end' '"p9"'
	refuse 3 'if .id == "m2" then .to = "p2" else . end' 'holds a replica then'
	refuse 3 'if .id == "m2" then .from = "p4" | .to = "p1" else . end' \
		'does not hold then'
	refuse 3 'if .id == "m1" then .from = "p2" | .to = "p1" else . end' \
		'does not lead then'
	refuse 3 'if .id == "m2" then .requires.replicas = ["p2","p1","p3"] else . end' \
		'requires other replicas'
	refuse 3 'if .id == "m2" then .requires.version = "6" else . end' \
		'another version'
	refuse 3 'if .id == "m2" then .copy_from = "p4" else . end' 'no source'
	refuse 3 'if .id == "m2" then .bytes = 1 else . end' 'copies 1 bytes'
	refuse 3 'if .id == "m2" then .rate = 6e6 else . end' 'at most 5000000'
	refuse 3 'if .id == "m2" then .duration_s = 5 else . end' \
		'sum of the phases'
	refuse 3 'if .id == "m2" then .after = ["m1"] else . end' \
		'before a move is done'
	refuse 3 'if .id == "m2" then .after = ["m7"] else . end' '"m7"'
	refuse 3 'if .id == "m2" then .partition = "5" else . end' '"5"'
}

@test "seal: what is not safe is refused, exit 1" {
	refuse 1 'if .id == "m2" then .phases.attach_s = 9 | .duration_s = 13 else . end' \
		'attaches in 9 s'
	refuse 1 'if .id == "m1" then .phases.dual_s = 1 | .duration_s = 1 else . end' \
		'hands over in 1 s'
	refuse 1 'if .type == "platform" and .platform == "p4" then .capacity.disk = 3e7 else . end' \
		'takes more disk on p4'
	# Onto a platform that is far too small for the traffic.
	refuse 1 'if .type == "platform" and .platform == "p4" then .capacity.network_out = 1e5 else . end' \
		'expected overload'
}

@test "seal keeps the limits that the plan was made with" {
	run -0 bash -c 'spp-plan --max-concurrent 1 --window 10:00-10:02 in >q'
	jq -c 'if .id == "m2" then .start_s = 2 else . end' q >edited
	expect 3 spp-plan --seal edited
	[[ $stderr == *"max-concurrent"* ]]
	jq -c 'if .id == "m2" then .start_s = 200 else . end' q >edited
	expect 3 spp-plan --seal edited
	[[ $stderr == *"window"* ]]
	jq -c 'if .id == "m2" then .start_s = 5 else . end' q >edited
	run -0 bash -c 'spp-plan --seal edited 2>/dev/null'
	jq -se '.[0].options.max_concurrent == 1' <<<"$output"
}

@test "undo gives the way back, and its undo the way there" {
	run -0 bash -c 'spp-plan --undo p >u'
	moves u '[.kind,.partition,.from,.to,.requires.replicas]' >got
	cat >want <<-'END'
		["replica","0","p4","p1",["p4","p2","p3"]]
		["leader","1","p2","p1",["p2","p1","p3"]]
	END
	diff want got
	jq -c 'select(.type == "partition") | [.partition,.replicas,.version]' u >got
	cat >want <<-'END'
		["0",["p4","p2","p3"],null]
		["1",["p2","p1","p3"],null]
		["2",["p1","p2","p3"],"9"]
	END
	diff want got
	expect 0 spp-plan --seal u
	run -0 bash -c 'spp-plan --undo u | spp-plan --seal >/dev/null'
	expect 2 spp-plan --undo --seal p
}

@test "the table is for eyes" {
	expect 0 spp-plan --format table in
	[[ ${lines[0]} == "move  kind"* ]]
	[[ ${lines[1]} == "m1    leader"*"p1    p2"* ]]
	[[ $output == *"none of their orders ends before 14 s"* ]]
}

@test "an earlier plan's moves are planned anew, not passed" {
	expect 0 spp-plan -v p
	[[ $stderr == *"dropped 2 move records"* ]]
	moves /dev/stdin . <<<"$output" >got
	moves p . >want
	diff want got
}

@test "a partition that moves now is left alone" {
	sed '/"partition":"0","replicas"/s/}$/,"moving":{"to":["p4","p2","p3"],"plan":"3f9a01c2d4e5"}}/' \
		in >q
	expect 1 spp-plan q
	[ "$(moves /dev/stdin .partition <<<"$output")" = '"1"' ]
	[[ $output == *"s/0 does not move from p1 to p4: another plan moves"* ]]
}

@test "subscriptions served apart move, and their undo brings them back" {
	{
		sed 's/"driver":"d"/"driver":"d","serve":"replica"/' in
		echo '{"type":"subscription","subscriber":"a","stream":"s","partition":"2","platform":"p1"}'
		echo '{"type":"assignment","stream":"s","partition":"2","subscriber":"a","from":["p1"],"to":["p3"],"ready_s":4}'
	} >apart
	run -0 bash -c 'spp-plan apart 2>/dev/null >q && spp-plan --undo q 2>/dev/null >u'
	moves q 'select(.kind == "subscription") | [.subscriber,.from,.to,.duration_s,.inverse]' >got
	echo '["a","p1","p3",4,{"kind":"subscription","from":"p3","to":"p1"}]' |
		diff - got
	moves u 'select(.kind == "subscription") | [.from,.to]' >got
	echo '["p3","p1"]' | diff - got
	[ "$(jq -r 'select(.type == "subscription") | .platform' u)" = p3 ]
	# The same where only a forecast tells of the subscription.
	sed '/"type":"subscription"/d; /"forecast".*"partition":"2"/ {
		p
		s/"start"/"subscriber":"a","start"/
	}' apart >told
	run -0 bash -c 'spp-plan told 2>/dev/null >q && spp-plan --undo q 2>/dev/null >u'
	moves u 'select(.kind == "subscription") | [.from,.to]' >got
	echo '["p3","p1"]' | diff - got
	[ "$(jq -r 'select(.type == "subscription") | .platform' u)" = p3 ]
	grep -v '"driver"' apart >led
	expect 3 spp-plan led
	[[ $stderr == *"led:15: "*"the leader serves all subscriptions"* ]]
	sed 's/"subscriber":"a","from"/"subscriber":"b","from"/' apart >q
	expect 3 spp-plan q
	[[ $stderr == *'q:16: subscriber "b" has no subscription'* ]]
}

@test "subscriptions of a partition that is placed open with it" {
	local serve
	for serve in replica any; do
		cat >new <<-END
			{"type":"driver","driver":"d","serve":"$serve","handover_s":2,"rate":5e6}
			{"type":"platform","platform":"p1","capacity":{"network_out":1e7}}
			{"type":"platform","platform":"p2","capacity":{"network_out":1e7}}
			{"type":"platform","platform":"p3","capacity":{"network_out":1e7}}
			{"type":"partition","stream":"s","partition":"0","replicas":["p1","p2"],"size_bytes":1e6}
			{"type":"forecast","stream":"s","partition":"0","start":"2026-11-22T10:00:00Z","slot_s":[60,60],"mean":{"bytes":[6e6,6e6]},"sd":{"bytes":[1e6,1e6]}}
			{"type":"forecast","stream":"s","partition":"1","start":"2026-11-22T10:00:00Z","slot_s":[60,60],"mean":{"bytes":[2e6,2e6]},"sd":{"bytes":[1e6,1e6]}}
			{"type":"forecast","stream":"s","partition":"1","subscriber":"a","start":"2026-11-22T10:00:00Z","slot_s":[60,60],"mean":{"bytes":[6e6,7e6]},"sd":{"bytes":[1e6,1e6]}}
			{"type":"forecast","stream":"s","partition":"1","subscriber":"b","start":"2026-11-22T10:00:00Z","slot_s":[60,60],"mean":{"bytes":[5e6,4e6]},"sd":{"bytes":[1e6,1e6]}}
		END
		spp-assign --place new >a || [ $? -eq 1 ]
		jq -se '[.[] | select(.type == "assignment" and .subscriber)] | length == 2' a
		expect 0 spp-plan a
		printf '%s\n' "$output" >p
		# One opens at the leader, the other has gone on from it.
		moves p 'select(.kind == "subscription") | [.from, .to]' >got
		jq -s '[.[] | select(.type == "assignment")] | .[0].to[0] as $lead |
			.[] | select(.subscriber and .to[0] != $lead) |
			[$lead, .to[0]]' -c a >want
		diff want got
		spp-verify p
		spp-plan --seal p >sealed
		spp-verify sealed
	done
}
