#!/usr/bin/env bats
# Records between filters: schema, segments, edits by other tools.
load helper

prepare() {
	spp-forecast --csv "$samples/history.csv" "$samples/cluster.ndjson" \
		>forecast
	spp-assign forecast >assign
	spp-plan assign >plan
}

@test "what the filters write keeps to their own schema" {
	spp-plan --schema >schema
	cat >check.py <<'END'
import json, jsonschema, sys
schema = json.load(open("schema"))
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)
for line in sys.stdin:
    validator.validate(json.loads(line))
for line in ('{"type":"cluster"}', '{"type":"nothing"}',
             '{"type":"cluster","cluster":"a","b":1}',
             '{"type":"platform","platform":"p","capacity":{"cpu":-1}}'):
    assert not validator.is_valid(json.loads(line)), line
END
	cat "$samples/cluster.ndjson" forecast assign plan >all
	python3 -W ignore check.py <all
}

@test "sorting keys and reformatting numbers is no edit" {
	jq -cS . assign >sorted
	run -1 cmp -s sorted assign
	expect 0 spp-plan sorted
	[ -z "$stderr" ]
	[ "$(tail -1 <<<"$output" | jq .digest)" = \
		"$(tail -1 plan | jq .digest)" ]
}

@test "an edited segment is a warning, with the digest of what was read" {
	sed 's/"network_out":125000000/"network_out":125000001/' assign >edited
	run -1 cmp -s edited assign
	expect 0 spp-plan edited
	[[ $stderr == "spp-plan: edited:$(wc -l <edited): warning: segment was edited: its digest is not what its end record says" ]]
	[ "$(tail -1 <<<"$output" | jq .from[1].digest)" != \
		"$(tail -1 assign | jq .digest)" ]
	[ "$(tail -1 plan | jq .from[1].digest)" = \
		"$(tail -1 assign | jq .digest)" ]
}

@test "a dropped line is named by its type" {
	grep -v '"subscription","subscriber":"[a-z]*","stream":"orders","partition":"0"' \
		assign >edited
	run -1 cmp -s edited assign
	run -0 --separate-stderr -- spp-plan edited
	[[ $stderr == *'segment was edited: it has '*' subscription records, '* ]]
}

@test "a cut segment is refused; --partial goes on openly" {
	head -n 100 assign >short
	expect 3 spp-plan short
	[ -z "$output" ]
	says "spp-plan: short:1: segment is cut: no end record follows its header"
	says "spp-plan: hint: The stage before failed; --partial goes on with what came."
}

@test "where it came from is kept along the pipe" {
	[ "$(tail -1 plan | jq -c '[.from[].tool]')" = \
		'["spp-forecast","spp-assign"]' ]
	[ "$(tail -1 plan | jq -r '.from[0].digest')" = \
		"$(tail -1 forecast | jq -r .digest)" ]
}

@test "the same key twice names both lines" {
	cat "$samples/cluster.ndjson" assign >twice
	expect 3 spp-plan twice
	[[ $stderr == "spp-plan: twice:"*": second cluster record, the first is at twice:1"* ]]
}
