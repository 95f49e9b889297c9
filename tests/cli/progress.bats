#!/usr/bin/env bats
# Progress: for who waits at a terminal, and for nobody else.
load helper

prepare() {
	# A feed that takes more than a second to come.
	cat >slow <<'SLOW'
#!/bin/sh
echo '{"type":"cluster","cluster":"slow"}'
sleep 1.3
for minute in 0 1 2 3 4 5 6 7 8 9; do
	echo '{"type":"sample","stream":"s","partition":"0","bytes":60,' \
		"\"interval_s\":60,\"time\":\"2026-11-22T10:0$minute:00Z\"}"
done
SLOW
	chmod +x slow
	# usage: terminal COMMAND: its stderr is a terminal; print what it got
	cat >terminal <<'PYTHON'
import os, pty, subprocess, sys
ours, theirs = pty.openpty()
with open("answer", "wb") as answer:
    child = subprocess.Popen(sys.argv[1], shell=True, stdout=answer,
                             stderr=theirs)
os.close(theirs)
while True:
    try:
        some = os.read(ours, 4096)
    except OSError:
        break
    if not some:
        break
    sys.stdout.buffer.write(some)
sys.exit(child.wait())
PYTHON
}

@test "a terminal sees progress after a second, and then a clean line" {
	python3 terminal "./slow | spp-forecast" >seen
	tr '\r' '\n' <seen >lines
	grep -qx 'spp-forecast: samples read: [0-9]* *' lines
	# The last thing written is blanks over the line, and nothing follows.
	[ "$(tail -n 1 lines | tr -d ' ')" = "" ]
	[ "$(wc -l <answer)" -gt 2 ]
}

@test "a pipe or a file sees none, and the answer is the same" {
	python3 terminal "./slow | spp-forecast"
	./slow | spp-forecast >piped 2>errors
	cmp answer piped
	[ ! -s errors ]
}

@test "who waits less than a second sees none" {
	python3 terminal "spp-assign --threads 1 $samples/cluster.ndjson" >seen ||
		true
	run ! grep -q 'steps of the search' seen
}

@test "a message takes the place of progress" {
	python3 terminal "./slow | spp-forecast -v" >seen
	tr '\r' '\n' <seen >lines
	grep -q '^spp-forecast: 1 series of ' lines
}
