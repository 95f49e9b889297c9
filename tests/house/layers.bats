#!/usr/bin/env bats
# The house keeps its layers: includes, undefined symbols, linked libraries.
load ../cli/helper

# Each layer may include itself and those before it ...
layers="base io records cli cluster forecast assign plan migrate verify store
net stages sandbox formats replay report drivers"
# ... but engines know only base and cluster, the verifier only records.
engines="forecast assign plan migrate"

prepare() {
	cd "$top" || return
}

may_include() { # LAYER: the layers that it may include
	local layer
	case " $engines " in
	*" $1 "*)
		echo base cluster "$1"
		return
		;;
	esac
	if [ "$1" = verify ]; then
		echo base records verify
		return
	fi
	for layer in $layers; do
		echo "$layer"
		[ "$layer" != "$1" ] || break
	done
}

@test "every layer includes itself and what stands above it" {
	local layer allowed used bad=
	for layer in lib/*/; do
		layer=$(basename "$layer")
		[[ " ${layers//$'\n'/ } " == *" $layer "* ]]
		allowed=" $(may_include "$layer" | tr '\n' ' ') "
		for used in $(grep -ho '^#include "lib/[a-z]*/' \
			lib/"$layer"/*.[ch] | sed 's,.*lib/,,; s,/,,' | sort -u); do
			[[ $allowed == *" $used "* ]] || bad+=" $layer->$used"
		done
	done
	echo "not allowed:$bad"
	[ -z "$bad" ]
}

@test "each foreign library is known to one place only" {
	[ "$(grep -lr '<jansson.h>' lib cmd)" = lib/io/json.c ]
	[ "$(grep -lr '<csv.h>' lib cmd)" = lib/io/csv.c ]
	[ -z "$(grep -lr '<sqlite3.h>' lib cmd | grep -v '^lib/store/')" ]
	[ -z "$(grep -lr '<curl/' lib cmd | grep -v '^lib/net/')" ]
	[ -z "$(grep -lr '<microhttpd.h>' lib cmd | grep -v '^lib/net/')" ]
}

@test "memory comes from one file" {
	run -0 grep -lrE '\b(malloc|calloc|realloc|strdup|strndup|asprintf)\(' \
		lib cmd
	[ "$output" = lib/base/memory.c ]
}

@test "only the command layer prints to stderr and exits" {
	run grep -lrE '\b(exit|perror|abort|errx?|warnx?)\(|\bstderr\b' lib
	local file
	for file in $output; do
		case $file in
		lib/cli/*) ;;
		lib/store/failpoint.c) ;;
		*) echo "$file" && false ;;
		esac
	done
}

@test "nobody sets a locale or starts a shell" {
	run grep -rnE '\b(setlocale|system|popen)\(' lib cmd
	[ -z "$output" ]
}

# What the engines, with all they call inside the project, may ask of the C
# library: mathematics, memory, strings, threads. No file, clock or
# environment.
pure='^(acos|asin|atan2?|ceil|cos|erfc?|exp2?|expm1|fabs|floor|fma|fmax|fmin|fmod|frexp|ldexp|lgamma|llround|log|log10|log1p|log2|lround|modf|nearbyint|pow|rint|round|scalbn|sin|sqrt|tan|tanh|trunc|cosh|sinh|hypot|sincos|nextafter|ilogb|logb)$
^(malloc|realloc|calloc|free|mem(cpy|move|set|cmp|chr)|str(len|cmp|ncmp|chr|rchr|nlen|cspn|spn|error_r|tod|tol|toll)|stpcpy|__xpg_strerror_r|__memcpy_chk|__ctype_b_loc)$
^(sigfillset)$
^(qsort|bsearch|v?snprintf|__assert_fail|__stack_chk_fail|__errno_location|__isoc99_sscanf|sysconf)$
^(pthread_[a-z_]*|sched_getaffinity|__sched_cpucount|abort|_GLOBAL_OFFSET_TABLE_)$'

@test "engines are pure: no file, clock or environment in all they call" {
	[ -z "${SANITIZED:-}" ] || skip "sanitizers add symbols of their own"
	nm -A "$BUILD"/obj/lib/*/*.o >"$BATS_TEST_TMPDIR/symbols"
	awk -v engines="$engines" '
	{
		file = $1
		sub(/:[^:]*$/, "", file)
		kind = $(NF - 1)
		name = $NF
		if (kind == "U" || kind == "w")
			wants[file] = wants[file] " " name
		else if (kind ~ /^[TDRBVC]$/)
			home[name] = file
	}
	END {
		n = split(engines, engine, " ")
		for (f in wants)
			for (i = 1; i <= n; i++)
				if (index(f, "/lib/" engine[i] "/"))
					queue[++last] = f
		for (first = 1; first <= last; first++) {
			f = queue[first]
			if (done[f]++)
				continue
			m = split(wants[f], wanted, " ")
			for (j = 1; j <= m; j++)
				if (wanted[j] in home)
					queue[++last] = home[wanted[j]]
				else
					print wanted[j], f
		}
	}' "$BATS_TEST_TMPDIR/symbols" | sort -u >"$BATS_TEST_TMPDIR/foreign"
	[ -s "$BATS_TEST_TMPDIR/foreign" ]
	while read -r symbol file; do
		grep -qE -- "$pure" <<<"$symbol" || {
			echo "$file asks for $symbol"
			false
		}
	done <"$BATS_TEST_TMPDIR/foreign"
}

@test "filters link only libc, libm, jansson, libcsv, SQLite and libmd" {
	[ -z "${SANITIZED:-}" ] || skip "sanitizers add libraries of their own"
	local command
	for command in forecast assign plan verify; do
		run -0 objdump -p "$BUILD/bin/spp-$command"
		grep NEEDED <<<"$output" | while read -r _ library; do
			case $library in
			libc.so* | libm.so* | libjansson.so* | libcsv.so*) ;;
			libsqlite3.so* | libmd.so*) ;;
			*) echo "$command needs $library" && false ;;
			esac
		done
	done
}

@test "the common library stays small" {
	run -0 tests/size
}

@test "the top level holds what it should and nothing else" {
	run -0 git ls-tree --name-only HEAD
	local entry
	for entry in $output; do
		case $entry in
		Makefile | README.md | LICENSE | cmd | lib | man | tests) ;;
		samples | .*) ;;
		*) echo "$entry" && false ;;
		esac
	done
}
