/* The journal: what goes in comes out, whatever happens in between. */
#include "lib/base/err.h"
#include "lib/store/journal.h"

#include "tests/unit/test.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char directory[] = "/tmp/spp-journal-XXXXXX";
static char path[64];

static void start(struct spp_journal *journal)
{
	struct spp_err err = {0};

	CHECK(spp_journal_open(journal, path, SPP_DATABASE_MAKE, &err));
	if (err.status != SPP_DONE)
		printf("# %s\n", err.text);
}

static void put_plan(struct spp_journal *journal, struct spp_stored_plan *plan)
{
	*plan = (struct spp_stored_plan){.digest = "0123",
		.cluster = "c",
		.driver = "memory x",
		.options = "{}",
		.stored_at = 42,
		.text = "a\0b",
		.length = 3};
	CHECK(spp_journal_put_plan(journal, plan, NULL));
}

static void test_plan(void)
{
	struct spp_stored_plan plan, found;
	struct spp_journal journal;
	struct spp_arena arena = {0};
	struct stat status;
	bool there;

	start(&journal);
	CHECK(spp_journal_find(
		&journal, NULL, true, &arena, &found, &there, NULL));
	CHECK(!there);
	put_plan(&journal, &plan);
	CHECK(spp_journal_commit(&journal, NULL));
	CHECK(plan.row > 0);
	spp_journal_close(&journal);
	CHECK(stat(path, &status) == 0 && (status.st_mode & 0777) == 0600);

	start(&journal);
	CHECK(spp_journal_find(
		&journal, "0123", true, &arena, &found, &there, NULL));
	CHECK(there && found.row == plan.row && found.length == 3);
	CHECK(memcmp(found.text, "a\0b", 3) == 0);
	CHECK(strcmp(found.driver, "memory x") == 0 && found.stored_at == 42);
	CHECK(found.state == SPP_PLAN_UNFINISHED);
	CHECK(spp_journal_find(
		&journal, "9", true, &arena, &found, &there, NULL));
	CHECK(!there);
	CHECK(spp_journal_put_state(
		&journal, plan.row, SPP_PLAN_FINISHED, NULL));
	CHECK(spp_journal_commit(&journal, NULL));
	CHECK(spp_journal_find(
		&journal, NULL, false, &arena, &found, &there, NULL));
	CHECK(there && found.state == SPP_PLAN_FINISHED && found.text == NULL);
	spp_journal_close(&journal);
	spp_arena_free(&arena);
}

static const char *const replicas[] = {"a", "b\"c"};
static const struct spp_migrate_record records[] = {
	{.kind = SPP_MIGRATE_RECORD_START,
		.move = 1,
		.text = "7",
		.replicas = replicas,
		.replica_count = 2},
	{.kind = SPP_MIGRATE_RECORD_INTENT,
		.move = 1,
		.step = 3,
		.operation = SPP_MIGRATE_OPEN_SUB,
		.subscription = "s1"},
	{.kind = SPP_MIGRATE_RECORD_REPLY,
		.move = 1,
		.step = 3,
		.operation = SPP_MIGRATE_OPEN_SUB,
		.subscription = "s1",
		.code = SPP_MIGRATE_REFUSED,
		.text = "full"},
	{.kind = SPP_MIGRATE_RECORD_END,
		.move = 1,
		.outcome = SPP_MIGRATE_FAILED},
};
enum { RECORDS = sizeof records / sizeof *records };

static bool same(const char *a, const char *b)
{
	return (a == NULL) == (b == NULL) && (a == NULL || strcmp(a, b) == 0);
}

static bool compare(void *context, const struct spp_migrate_record *record,
	spp_time at, struct spp_err *err)
{
	size_t *count = context;
	const struct spp_migrate_record *wanted = &records[(*count)++];

	(void)err;
	CHECK(*count <= RECORDS && at == 1000);
	CHECK(record->kind == wanted->kind && record->move == wanted->move);
	CHECK(record->step == wanted->step && record->code == wanted->code);
	CHECK(record->operation == wanted->operation);
	CHECK(record->outcome == wanted->outcome);
	CHECK(same(record->subscription, wanted->subscription));
	CHECK(same(record->text, wanted->text));
	CHECK(record->replica_count == wanted->replica_count);
	for (size_t i = 0; i < record->replica_count; i++)
		CHECK(same(record->replicas[i], wanted->replicas[i]));
	return true;
}

static void test_records(void)
{
	struct spp_stored_plan plan;
	struct spp_journal journal;
	size_t count = 0;

	start(&journal);
	put_plan(&journal, &plan);
	for (size_t i = 0; i < RECORDS; i++)
		CHECK(spp_journal_put_record(
			&journal, plan.row, &records[i], 5, 1000, NULL));
	CHECK(spp_journal_commit(&journal, NULL));
	/* Not committed: gone. */
	CHECK(spp_journal_put_record(
		&journal, plan.row, &records[0], 5, 1000, NULL));
	spp_journal_close(&journal);
	start(&journal);
	CHECK(spp_journal_records(&journal, plan.row, compare, &count, NULL));
	CHECK(count == RECORDS);
	spp_journal_close(&journal);
}

static bool append(void *context, size_t move, const char *line, size_t length,
	struct spp_err *err)
{
	char *text = context;

	(void)err;
	CHECK(length == strlen(line) && move < 3);
	strcat(text, line);
	return true;
}

static bool take_moved(void *context, const char *stream, const char *partition,
	spp_time at, struct spp_err *err)
{
	(void)err;
	sprintf((char *)context + strlen(context), "%s/%s@%lld ", stream,
		partition, (long long)at);
	return true;
}

static void put_line(struct spp_journal *journal, int64_t plan, size_t move,
	const char *type, const char *line)
{
	CHECK(spp_journal_put_line(
		journal, plan, move, type, line, strlen(line), NULL));
}

static void test_lines(void)
{
	struct spp_stored_plan plan;
	struct spp_journal journal;
	char text[256] = "";

	start(&journal);
	put_plan(&journal, &plan);
	put_line(&journal, plan.row, 1, "event", "e1 ");
	put_line(&journal, plan.row, 1, "confirmation", "c1 ");
	put_line(&journal, plan.row, 1, "event", "e2 ");
	put_line(&journal, plan.row, 1, "confirmation", "c2 ");
	put_line(&journal, plan.row, 2, "confirmation", "c3 ");
	CHECK(spp_journal_put_moved(&journal, "s", "1", 20, NULL));
	CHECK(spp_journal_put_moved(&journal, "s", "1", 10, NULL));
	CHECK(spp_journal_put_moved(&journal, "r", "2", 30, NULL));
	CHECK(spp_journal_commit(&journal, NULL));
	CHECK(spp_journal_lines(&journal, plan.row, NULL, append, text, NULL));
	CHECK(strcmp(text, "e1 e2 c2 c3 ") == 0);
	text[0] = '\0';
	CHECK(spp_journal_lines(
		&journal, plan.row, "confirmation", append, text, NULL));
	CHECK(strcmp(text, "c2 c3 ") == 0);
	text[0] = '\0';
	CHECK(spp_journal_moved(&journal, take_moved, text, NULL));
	CHECK(strcmp(text, "r/2@30 s/1@20 ") == 0);
	spp_journal_close(&journal);
}

/* The lock goes with its holders, child processes among them. */
static void test_lock(void)
{
	struct spp_journal one, two;
	struct spp_err err = {0};
	int hold[2];
	pid_t child;
	char c;

	start(&one);
	start(&two);
	CHECK(spp_journal_lock(&one, NULL));
	CHECK(!spp_journal_lock(&two, &err) && err.status == SPP_LOCKED);
	spp_journal_close(&two);
	CHECK(pipe(hold) == 0);
	child = fork();
	if (child == 0) {
		close(hold[1]);
		_exit(read(hold[0], &c, 1) != 0);
	}
	spp_journal_close(&one);
	err = (struct spp_err){0};
	start(&two);
	CHECK(!spp_journal_lock(&two, &err) && err.status == SPP_LOCKED);
	spp_journal_close(&two);
	close(hold[1]);
	waitpid(child, NULL, 0);
	close(hold[0]);
	start(&two);
	CHECK(spp_journal_lock(&two, NULL));
	spp_journal_close(&two);
}

static void write_file(const char *text)
{
	FILE *file = fopen(path, "w");

	CHECK(file != NULL && fputs(text, file) >= 0 && fclose(file) == 0);
}

static void test_wrong_files(void)
{
	struct spp_journal journal;
	struct spp_err err = {0};

	unlink(path);
	CHECK(!spp_journal_open(&journal, path, SPP_DATABASE_WRITE, &err));
	CHECK(err.status == SPP_INPUT);
	err = (struct spp_err){0};
	write_file("this is a text and no database, and it is long enough "
		   "for a header of one hundred bytes, which SQLite reads");
	CHECK(!spp_journal_open(&journal, path, SPP_DATABASE_MAKE, &err));
	CHECK(err.status == SPP_INPUT);
	unlink(path);
}

static void test_path(void)
{
	char found[SPP_JOURNAL_PATH_SIZE], wanted[128];
	struct spp_err err = {0};

	setenv("XDG_STATE_HOME", directory, 1);
	CHECK(spp_journal_path("a/b c", true, found, &err));
	snprintf(
		wanted, sizeof wanted, "%s/spp/a%%2Fb%%20c.journal", directory);
	CHECK(strcmp(found, wanted) == 0);
	CHECK(!spp_journal_only(found, &err) && err.status == SPP_USAGE);
	CHECK(fclose(fopen(wanted, "w")) == 0);
	CHECK(spp_journal_only(found, &err) && strcmp(found, wanted) == 0);
	unlink(wanted);
	unsetenv("XDG_STATE_HOME");
	unsetenv("HOME");
	err = (struct spp_err){0};
	CHECK(!spp_journal_path("a", false, found, &err));
	CHECK(err.status == SPP_USAGE);
	snprintf(wanted, sizeof wanted, "%s/spp", directory);
	rmdir(wanted);
}

int main(void)
{
	static const struct test tests[] = {
		{"plans", test_plan},
		{"records", test_records},
		{"lines and when partitions moved", test_lines},
		{"the lock", test_lock},
		{"wrong files", test_wrong_files},
		{"paths", test_path},
	};
	int failed;

	if (mkdtemp(directory) == NULL)
		return 1;
	snprintf(path, sizeof path, "%s/j", directory);
	failed = test_run(tests, sizeof tests / sizeof *tests);
	unlink(path);
	rmdir(directory);
	return failed;
}
