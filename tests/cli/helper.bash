# Loaded by every bats file: strict runs, a scratch directory, fixtures.
bats_require_minimum_version 1.5.0

setup() {
	top=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	samples=$top/samples
	export top samples
	cd "$BATS_TEST_TMPDIR" || return
	if declare -F prepare >/dev/null; then
		prepare
	fi
}

# expect STATUS COMMAND ...: run it; exact status; output and stderr apart.
expect() {
	local status_wanted=$1
	shift
	run "-$status_wanted" --separate-stderr -- "$@"
}

# pipe 'COMMAND | COMMAND': run a pipeline that fails where any part does.
pipe() {
	bash -o pipefail -c "$1"
}

# says TEXT: the last run wrote a line with just this on stderr.
says() {
	# run sets stderr.
	# shellcheck disable=SC2154
	grep -qxF -- "$1" <<<"$stderr" || {
		printf 'stderr is:\n%s\n' "$stderr"
		return 1
	}
}
