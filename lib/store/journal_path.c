/* Where journals are. */
#include "lib/store/journal.h"

#include "lib/base/buf.h"
#include "lib/base/err.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char suffix[] = ".journal";

/* Nothing where neither variable names a directory. */
static void put_directory(struct spp_buf *buf)
{
	const char *state = getenv("XDG_STATE_HOME");
	const char *home = getenv("HOME");

	if (state != NULL && state[0] == '/')
		spp_buf_format(buf, "%s/spp/", state);
	else if (home != NULL && home[0] == '/')
		spp_buf_format(buf, "%s/.local/state/spp/", home);
}

/* A file name for any name of a cluster. */
static void put_name(struct spp_buf *buf, const char *cluster)
{
	if (cluster == NULL || cluster[0] == '\0')
		cluster = "default";
	for (const char *c = cluster; *c != '\0'; c++) {
		bool plain = (*c >= 'a' && *c <= 'z') ||
		             (*c >= 'A' && *c <= 'Z') ||
		             (*c >= '0' && *c <= '9') || *c == '-' ||
		             *c == '_' || (*c == '.' && c != cluster);

		if (plain)
			spp_buf_char(buf, *c);
		else
			spp_buf_format(buf, "%%%02X", (unsigned char)*c);
	}
}

/* Make the directories of a path, private as the state in them is. */
static bool make_directories(char *path, struct spp_err *err)
{
	for (char *c = path + 1; *c != '\0'; c++) {
		if (*c != '/')
			continue;
		*c = '\0';
		if (mkdir(path, 0700) != 0 && errno != EEXIST) {
			spp_fail_errno(err, "cannot create directory");
			spp_err_at(err, path, 0);
			*c = '/';
			return false;
		}
		*c = '/';
	}
	return true;
}

bool spp_journal_path(const char *cluster, bool make,
	char path[SPP_JOURNAL_PATH_SIZE], struct spp_err *err)
{
	struct spp_buf buf = {0};
	bool good;

	put_directory(&buf);
	put_name(&buf, cluster);
	spp_buf_string(&buf, suffix);
	spp_buf_char(&buf, '\0');
	good = spp_buf_ok(&buf, err);
	if (good && buf.data[0] != '/') {
		good = spp_fail(err, SPP_USAGE, "no place for a journal");
		spp_err_hint(err,
			"Set HOME or XDG_STATE_HOME, or name one with "
			"--journal.");
	} else if (good && buf.length > SPP_JOURNAL_PATH_SIZE) {
		good = spp_fail(
			err, SPP_USAGE, "the journal's path is too long");
	}
	if (good)
		memcpy(path, buf.data, buf.length);
	spp_buf_free(&buf);
	return good && (!make || make_directories(path, err));
}

static bool is_journal(const char *name)
{
	size_t length = strlen(name);

	return length >= sizeof suffix &&
	       strcmp(name + length - (sizeof suffix - 1), suffix) == 0;
}

bool spp_journal_only(char path[SPP_JOURNAL_PATH_SIZE], struct spp_err *err)
{
	struct spp_buf directory = {0};
	size_t count = 0;
	struct dirent *entry;
	DIR *stream = NULL;

	put_directory(&directory);
	spp_buf_char(&directory, '\0');
	if (!spp_buf_ok(&directory, err)) {
		spp_buf_free(&directory);
		return false;
	}
	if (directory.data[0] == '/')
		stream = opendir(directory.data);
	while (stream != NULL && (entry = readdir(stream)) != NULL) {
		if (!is_journal(entry->d_name))
			continue;
		count++;
		if (snprintf(path, SPP_JOURNAL_PATH_SIZE, "%s%s",
			    directory.data,
			    entry->d_name) >= SPP_JOURNAL_PATH_SIZE)
			count = 0;
	}
	if (stream != NULL)
		closedir(stream);
	spp_buf_free(&directory);
	if (count == 1)
		return true;
	spp_fail(err, SPP_USAGE,
		count == 0 ? "there is no journal" : "there are %zu journals",
		count);
	spp_err_hint(err, "Name one with --journal.");
	return false;
}
