# spp: build, check, install.  Everything generated lies under $(BUILD).
#
#	make			all programs, in build/bin, and manual pages
#	make demo		watch it work: three runs of a live service
#	make check		all tests; the last line is the verdict
#	make help		the other targets

BUILD ?= build
PREFIX ?= /usr/local
CC = gcc
CLANG ?= clang
CFLAGS ?= -O2 -g
WARNINGS = -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	-Wpointer-arith -Wcast-qual -Wwrite-strings -Wvla
# No fused multiply-add: a result must not depend on how a compiler
# arranges a sum.
STRICT = -std=c11 -D_GNU_SOURCE -ffp-contract=off -pthread -I.
COMPILE = $(CC) $(STRICT) $(WARNINGS) $(CFLAGS) $(EXTRA)
LIBRARIES = -ljansson -lcsv -lsqlite3 -lmd -lcurl -lmicrohttpd -lm
# Each program names only the libraries that it uses.
LINK = $(COMPILE) -Wl,--as-needed

# V=1 shows every command.
Q = $(if $(V),,@)

# What a bare Debian lacks; tests/setup installs it.
PACKAGES_BUILD = gcc make libc6-dev libjansson-dev libcsv-dev libsqlite3-dev \
	libmd-dev libmicrohttpd-dev libcurl4-openssl-dev
PACKAGES_CHECK = $(PACKAGES_BUILD) bats jq curl mandoc shellcheck \
	python3-jsonschema xz-utils procps
PACKAGES_LINT = $(PACKAGES_CHECK) clang clang-format cppcheck

SOURCES := $(wildcard lib/*/*.c)
PROGRAMS := $(patsubst cmd/%.c,$(BUILD)/bin/%,$(wildcard cmd/*.c))
UNITS := $(patsubst tests/unit/%.c,$(BUILD)/tests/unit/%,\
	$(wildcard tests/unit/*.c))
SYSTEMS := $(patsubst tests/system/%.c,$(BUILD)/tests/system/%,\
	$(wildcard tests/system/*.c))
BENCHES := $(patsubst tests/bench/%.c,$(BUILD)/bench/%,\
	$(wildcard tests/bench/*.c))
FUZZERS := $(patsubst tests/fuzz/%.c,$(BUILD)/fuzz/%,\
	$(filter-out tests/fuzz/main.c,$(wildcard tests/fuzz/*.c)))
PAGES := $(patsubst man/%,$(BUILD)/man/%,$(wildcard man/*.[1-8]))
OBJECTS := $(SOURCES:%.c=$(BUILD)/obj/%.o)
LIBRARY = $(BUILD)/libspp.a

.PHONY: all check demo install uninstall lint sanitize fuzz bench coverage \
	size clean help setup setup-check setup-lint units benches fuzzers \
	programs samples lint-compile tsan replay faults
.DELETE_ON_ERROR:
.SECONDARY:

# A bare machine has no compiler: its packages come before all else.
all: setup
	@$(MAKE) --no-print-directory programs
programs: $(PROGRAMS) $(PAGES) $(BUILD)/samples/generate

help:
	@sed -n '/^#/!q; s/^# \{0,1\}//p' Makefile
	@echo '	make samples		make samples/ again from its generator'
	@echo '	make lint		compilers, format, static analysis, manual'
	@echo '	make sanitize		tests under ASan and UBSan, then TSan'
	@echo '	make fuzz		fuzz each reader for FUZZ_SECONDS (60)'
	@echo '	make bench		benchmarks, each with its baseline'
	@echo '	make coverage		lines of lib/ that the tests reach'
	@echo '	make size		lines of each layer'
	@echo '	make install		under $$(DESTDIR)$$(PREFIX)'

setup:
	@tests/setup $(PACKAGES_BUILD)
setup-check:
	@tests/setup $(PACKAGES_CHECK)
setup-lint:
	@tests/setup $(PACKAGES_LINT)

$(BUILD)/obj/%.o: %.c
	@mkdir -p $(@D)
	@echo '  CC $<'
	$(Q)$(COMPILE) -MMD -MP -c -o $@ $<

$(LIBRARY): $(OBJECTS)
	@rm -f $@
	@echo '  AR $@'
	$(Q)ar rcs $@ $(OBJECTS)

$(BUILD)/bin/%: $(BUILD)/obj/cmd/%.o $(LIBRARY)
	@mkdir -p $(@D)
	@echo '  LD $@'
	$(Q)$(LINK) -o $@ $< $(LIBRARY) $(LIBRARIES)
$(BUILD)/tests/%: $(BUILD)/obj/tests/%.o $(LIBRARY)
	@mkdir -p $(@D)
	@echo '  LD $@'
	$(Q)$(LINK) -o $@ $< $(LIBRARY) $(LIBRARIES)
$(BUILD)/bench/%: $(BUILD)/obj/tests/bench/%.o $(LIBRARY)
	@mkdir -p $(@D)
	@echo '  LD $@'
	$(Q)$(LINK) -o $@ $< $(LIBRARY) $(LIBRARIES)
$(BUILD)/samples/%: $(BUILD)/obj/samples/%.o $(LIBRARY)
	@mkdir -p $(@D)
	@echo '  LD $@'
	$(Q)$(LINK) -o $@ $< $(LIBRARY) $(LIBRARIES)

# A fuzzer is linked with a driver that replays a corpus; `make fuzz`
# links it with libFuzzer instead.
$(BUILD)/fuzz/%: $(BUILD)/obj/tests/fuzz/%.o \
		$(BUILD)/obj/tests/fuzz/main.o $(LIBRARY)
	@mkdir -p $(@D)
	@echo '  LD $@'
	$(Q)$(LINK) -o $@ $< $(BUILD)/obj/tests/fuzz/main.o $(LIBRARY) $(LIBRARIES)

# The lists of options and the tables of records in the manual come from
# the programs themselves.
$(BUILD)/man/%: man/% $(PROGRAMS) tests/page
	@mkdir -p $(@D)
	$(Q)tests/page $(BUILD)/bin $< >$@

units: $(UNITS) $(SYSTEMS)
benches: $(BENCHES)
fuzzers: $(FUZZERS)

samples: programs
	$(BUILD)/samples/generate --output samples

check: setup-check
	@$(MAKE) --no-print-directory programs units fuzzers
	@$(MAKE) --no-print-directory faults
	@BUILD=$(BUILD) tests/run

demo: setup-check
	@$(MAKE) --no-print-directory programs
	@BUILD=$(BUILD) samples/demo $(if $(SEED),--seed $(SEED))

faults:
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/faults \
		EXTRA='$(EXTRA) -DSPP_FAULTS -DSPP_FAILPOINTS' programs units

lint: setup-lint
	@$(MAKE) --no-print-directory lint-compile BUILD=build/lint-gcc CC=gcc
	@$(MAKE) --no-print-directory lint-compile BUILD=build/lint-clang \
		CC=$(CLANG)
	clang-format --dry-run --Werror $$(git ls-files '*.[ch]')
	cppcheck --quiet --error-exitcode=1 --inline-suppr --std=c11 \
		--enable=warning,portability,performance -j 2 -I. \
		--suppress=normalCheckLevelMaxBranches lib cmd samples
	shellcheck -x $$(git grep -lE '^#!.*(sh|bats)' -- tests samples .ci)
	@$(MAKE) --no-print-directory programs
	mandoc -T lint -W warning $(PAGES)
lint-compile:
	@$(MAKE) --no-print-directory CFLAGS='-O2 -Werror' \
		programs units benches fuzzers

sanitize: setup-lint
	@$(MAKE) --no-print-directory BUILD=build/asan CFLAGS='-O1 -g' \
		EXTRA='-fsanitize=address,undefined -fno-sanitize-recover=all' \
		programs units fuzzers faults
	@BUILD=build/asan SANITIZED=1 tests/run
	@$(MAKE) --no-print-directory tsan
tsan:
	@$(MAKE) --no-print-directory BUILD=build/tsan CFLAGS='-O1 -g' \
		EXTRA='-fsanitize=thread' programs units
	@BUILD=build/tsan SANITIZED=1 tests/run unit

FUZZ_SECONDS ?= 60
fuzz: setup-lint
	@tests/setup libclang-rt-14-dev
	@$(MAKE) --no-print-directory BUILD=build/fuzzing CC=$(CLANG) \
		CFLAGS='-O1 -g' EXTRA='-fsanitize=fuzzer-no-link,address,undefined' \
		build/fuzzing/libspp.a
	@CC=$(CLANG) tests/fuzz/run $(FUZZ_SECONDS)

bench: setup
	@$(MAKE) --no-print-directory programs benches
	@BUILD=$(BUILD) tests/bench/run

coverage: setup-check
	@tests/setup gcovr
	@$(MAKE) --no-print-directory BUILD=build/coverage CFLAGS='-O0 -g' \
		EXTRA='--coverage -fprofile-update=atomic' programs units fuzzers
	@BUILD=build/coverage tests/run
	gcovr --root . --filter lib/ --object-directory build/coverage \
		--print-summary | tee build/coverage/summary.txt

size:
	@tests/size

install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/man
	install -m 755 $(PROGRAMS) $(DESTDIR)$(PREFIX)/bin
	for page in $(PAGES); do \
		section=$(DESTDIR)$(PREFIX)/share/man/man$${page##*.}; \
		install -d $$section && install -m 644 $$page $$section \
			|| exit 1; \
	done

uninstall:
	rm -f $(PROGRAMS:$(BUILD)/bin/%=$(DESTDIR)$(PREFIX)/bin/%)
	for page in $(PAGES:$(BUILD)/man/%=%); do \
		rm -f $(DESTDIR)$(PREFIX)/share/man/man$${page##*.}/$$page; \
	done

clean:
	rm -rf build

-include $(OBJECTS:.o=.d) $(wildcard $(BUILD)/obj/cmd/*.d \
	$(BUILD)/obj/tests/*/*.d $(BUILD)/obj/samples/*.d)
