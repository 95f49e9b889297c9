#!/usr/bin/env bats
# What every command owes, checked over all of them from one place.
load helper

prepare() {
	filters="spp-forecast spp-assign spp-plan spp-migrate"
	commands=$(cd "$BUILD/bin" && ls)
}

@test "--help prints to stdout only, exit 0" {
	local command
	for command in $commands; do
		expect 0 "$command" --help
		[ -z "$stderr" ]
		[[ $output == "usage: $command"* ]]
	done
}

@test "--version names the command and its version" {
	local command
	for command in $commands; do
		expect 0 "$command" --version
		[ -z "$stderr" ]
		[[ $output =~ ^$command\ [0-9]+\.[0-9]+\.[0-9]+$ ]]
	done
}

@test "an option that is not known: two lines, exit 2" {
	local command
	for command in $commands; do
		expect 2 "$command" --no-such-option
		[ -z "$output" ]
		[ "$(wc -l <<<"$stderr")" -eq 2 ]
		[[ $stderr == "$command: "* ]]
	done
}

@test "a prefix of an option is not the option" {
	local command
	for command in $commands; do
		expect 2 "$command" --versio
		expect 2 "$command" --hel
	done
}

@test "--completion offers every option of --help" {
	local command option
	for command in $commands; do
		expect 0 "$command" --completion=bash
		local script=$output
		bash -n <<<"$script"
		expect 0 "$command" --completion=zsh
		[[ $output == "#compdef $command"* ]]
		expect 0 "$command" --help
		for option in $(grep -oE '^ +(-[a-zA-Z], )?--[a-z-]+' \
			<<<"$output" | grep -oE -- '--[a-z-]+'); do
			grep -qF -- "$option" <<<"$script"
		done
	done
}

@test "bash completes names of options, and what may stand behind them" {
	# shellcheck disable=SC1090,SC2034
	complete_words() { # WORD ...: what could stand for the last
		. <(spp-plan --completion=bash)
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
		_spp-plan
		printf '%s\n' "${COMPREPLY[@]}"
	}
	[ "$(complete_words spp-plan --und)" = --undo ]
	[ "$(complete_words spp-plan --format t)" = table ]
	[ "$(complete_words spp-plan --format = n)" = ndjson ]
	[ "$(complete_words spp-plan --format =)" = $'ndjson\ntable' ]
	[ "$(complete_words spp-plan file)" = "" ]
}

@test "--schema is a JSON Schema that knows every record type" {
	expect 0 spp-forecast --schema
	jq -e '."$schema" == "https://json-schema.org/draft/2020-12/schema"' \
		<<<"$output"
	local type
	for type in header cluster driver resource_model constraint platform \
		partition subscription sample forecast assignment move event \
		confirmation summary end; do
		grep -q "\"const\": *\"$type\"" <<<"$output"
	done
}

@test "no record at all is a cut feed: exit 3" {
	local command
	for command in $filters spp-verify; do
		expect 3 "$command" </dev/null
		[ -z "$output" ]
		[[ $stderr == "$command: <stdin>"* ]]
	done
}

@test "a full disk is an error, exit 4" {
	local command
	for command in $commands; do
		run -4 bash -c "$command --help >/dev/full"
		[[ $output == "$command: "* ]]
	done
}

@test "hostile lines: located message, exit 3, nothing on stdout" {
	local command line
	for command in $filters spp-verify; do
		for line in '{' '[]' '"x"' '{}' '{"type":"nothing"}' \
			'{"type":"platform","platform":"p1","platform":"p2"}' \
			'{"type":"platform","platform":"p1","capacity":{"cpu":NaN}}' \
			'{"type":"platform","platform":"p1","capacity":{"cpu":1e999}}' \
			'{"type":"platform","platform":"p1","capacity":{"cpu":-1}}' \
			'{"type":"partition","stream":"a/b"}' \
			$'{"type":"cluster","cluster":"\xff"}'; do
			printf '%s\n' "$line" >in
			expect 3 "$command" in
			[[ $stderr == "$command: in:1: "* ]]
			[ -z "$(jq -r 'select(.type == "end")' <<<"$output")" ]
		done
	done
}

@test "10,000 nested brackets are refused" {
	local command
	printf '{"type":"cluster","cluster":' >in
	printf '[%.0s' {1..10000} >>in
	for command in $filters; do
		expect 3 "$command" in
		[[ $stderr == "$command: in:1: "* ]]
	done
}

@test "a line of 1 GB is refused without being kept" {
	local command limit=2000000
	# A sanitizer maps terabytes of shadow.
	[ -z "${SANITIZED:-}" ] || limit=unlimited
	for command in $filters; do
		run -3 bash -c "head -c 1000000000 /dev/zero | tr '\\0' a |
			(ulimit -v $limit; exec $command --threads 2)"
		[[ $output == *"$command: <stdin>:1: "* ]]
	done
}

@test "up to 20 errors in input order, then how many more" {
	for i in {1..30}; do
		echo "{\"type\":\"platform\",\"platform\":\"p$i\",\"capacity\":{\"cpu\":-$i}}"
	done >in
	expect 3 spp-assign in
	[ "$(grep -c '^spp-assign: in:' <<<"$stderr")" -eq 20 ]
	[[ $stderr == *"in:1: "* && $stderr == *"in:20: "* ]]
	[[ $stderr != *"in:21: "* && $stderr == *"10 more"* ]]
}

@test "an unknown field is a warning, an error under --strict, x_ is silent" {
	cat "$samples/cluster.ndjson" >in
	echo '{"type":"platform","platform":"extra","capcity":{},"x_mine":1}' >>in
	expect 0 spp-forecast --csv "$samples/history.csv" in
	[[ $stderr == *'warning: '*'"capcity"'*'"capacity"'* ]]
	[[ $stderr != *x_mine* ]]
	expect 3 spp-forecast --strict --csv "$samples/history.csv" in
}
