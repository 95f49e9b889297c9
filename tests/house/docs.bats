#!/usr/bin/env bats
# What is written is true: examples run, pages are whole, help fits.
load ../cli/helper

prepare() {
	ln -s "$samples" samples
	mkdir build
}

commands() {
	(cd "$BUILD/bin" && ls)
}

@test "README's examples print what it shows" {
	run -0 "$top/tests/house/examples" "$top/README.md"
	echo "$output"
	[[ $output != *"not ok"* && $output == *"ok 1"* ]]
}

@test "the manual's examples print what it shows" {
	local page
	for page in "$top"/man/*.[1-8]; do
		run -0 "$top/tests/house/examples" "$page"
		echo "$page: $output"
		[[ $output != *"not ok"* ]]
	done
}

@test "every command has a page, and the page is its own options" {
	local command
	for command in $(commands); do
		grep -qx '@OPTIONS@' "$top/man/$command.1"
		# No option is listed by hand beside the table.
		run ! grep -qE '^\.It Fl' "$top/man/$command.1"
		grep -q '^\.It Fl' "$BUILD/man/$command.1"
	done
}

@test "spp(7) names every command" {
	local command
	for command in $(commands); do
		grep -q "$command" "$top/man/spp.7"
	done
}

@test "--help of every command fits 80 columns and 50 lines" {
	local command
	for command in $(commands); do
		expect 0 "$command" --help
		echo "$command: $output"
		[ -z "$stderr" ]
		[ "$(wc -l <<<"$output")" -le 50 ]
		[ -z "$(awk 'length > 80' <<<"$output")" ]
	done
}

@test "pages are lint-free" {
	expect 0 mandoc -T lint -W warning "$BUILD"/man/*.[1-8]
}

@test "samples/ is what the generator makes" {
	mkdir made
	expect 0 "$BUILD/samples/generate" --output made
	local file
	for file in history.csv cluster.ndjson; do
		cmp "made/$file" "samples/$file"
	done
	[ "$(cat samples/*.csv samples/*.ndjson | wc -c)" -le 3145728 ]
}
