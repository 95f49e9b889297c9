/*
 * What holds for the whole feed: time, slots, risk, weights, the driver.
 */
#include "lib/verify/model.h"

#include <math.h>
#include <string.h>

static double given(double value, double otherwise)
{
	return spp_present(value) ? value : otherwise;
}

/* Phi^-1(p) by halving an interval on erfc: slow, short and exact enough. */
static double normal_quantile(double p)
{
	double low = -40, high = 40;

	for (int i = 0; i < 200; i++) {
		double middle = (low + high) / 2;

		if (.5 * erfc(-middle / sqrt(2)) < p)
			low = middle;
		else
			high = middle;
	}
	return (low + high) / 2;
}

static void read_weights(struct spp_verify_model *model)
{
	const struct spp_feed *feed = model->feed;
	struct spp_verify_weights *weights = &model->weights;
	static const char tool[] = "spp-assign";

	*weights = (struct spp_verify_weights){1, .0005, .01, 1, .001, 3600, 1};
	for (size_t i = 0; i < spp_feed_count(feed, SPP_CONSTRAINT); i++) {
		const struct spp_constraint *c =
			spp_feed_at(feed, SPP_CONSTRAINT, i)->value;

		if (c->constraint != SPP_WEIGHTS)
			continue;
		weights->overload = given(c->overload, weights->overload);
		weights->latency = given(c->latency, weights->latency);
		weights->utilisation =
			given(c->utilisation, weights->utilisation);
		weights->migration = given(c->migration, weights->migration);
		weights->smoothness = given(c->smoothness, weights->smoothness);
		weights->half_life_s =
			given(c->half_life_s, weights->half_life_s);
		weights->threshold = given(c->threshold, weights->threshold);
	}
	const struct {
		const char *name;
		double *value;
	} options[] = {
		{"overload", &weights->overload},
		{"latency", &weights->latency},
		{"utilisation", &weights->utilisation},
		{"migration", &weights->migration},
		{"smoothness", &weights->smoothness},
		{"half_life", &weights->half_life_s},
		{"threshold", &weights->threshold},
	};
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		*options[i].value = spp_verify_option_number(
			feed, tool, options[i].name, *options[i].value);
}

static void read_driver(struct spp_verify_model *model)
{
	struct spp_verify_driver *driver = &model->driver;

	*driver = (struct spp_verify_driver){
		SPP_SERVE_LEADER, SPP_COPY_LEADER, 0, 50e6, 16};
	if (spp_feed_count(model->feed, SPP_DRIVER) == 0)
		return;

	const struct spp_driver_record *said =
		spp_feed_at(model->feed, SPP_DRIVER, 0)->value;

	if (said->serve >= 0)
		driver->serve = said->serve;
	if (said->copy_from >= 0)
		driver->copy_from = said->copy_from;
	driver->handover_s = given(said->handover_s, driver->handover_s);
	driver->rate = given(said->rate, driver->rate);
	driver->max_inflight = given(said->max_inflight, driver->max_inflight);
}

/*
 * Slots as they lie after now: one that has begun counts with what is left
 * of it; those that are over are left out.
 */
static bool read_slots(struct spp_verify_model *model, struct spp_err *err)
{
	const struct spp_feed *feed = model->feed;
	const struct spp_forecast *forecast;
	size_t count, k = 0;
	double at;

	if (spp_feed_count(feed, SPP_FORECAST) == 0)
		return spp_fail(err, SPP_INPUT,
			"the feed holds no forecast to check an answer with");
	forecast = spp_feed_at(feed, SPP_FORECAST, 0)->value;
	model->now = feed->header && feed->header->now != SPP_TIME_NONE
	                     ? feed->header->now
	                     : forecast->start;
	count = forecast->slot_s.count;
	model->begin_s = spp_arena_alloc(model->arena, count, sizeof(double));
	model->end_s = spp_arena_alloc(model->arena, count, sizeof(double));
	model->hours = spp_arena_alloc(model->arena, count, sizeof(double));
	if (!spp_arena_ok(model->arena, err))
		return false;
	at = spp_time_since(forecast->start, model->now);
	for (size_t i = 0; i < count; i++) {
		model->begin_s[k] = fmax(0, at);
		at += forecast->slot_s.items[i];
		model->end_s[k] = at;
		model->hours[k] = (model->end_s[k] - model->begin_s[k]) / 3600 *
		                  pow(.8, model->begin_s[k] / 3600);
		k += at > 0;
	}
	model->slots = k;
	model->first_slot = count - k;
	if (k == 0)
		return spp_fail(err, SPP_INPUT,
			"all slots of the forecasts are over at the time that "
			"counts as now");
	return true;
}

bool spp_verify_read_rules(struct spp_verify_model *model, struct spp_err *err)
{
	const struct spp_feed *feed = model->feed;
	double risk = .05;
	const char *text;
	size_t length;

	if (feed->header && spp_present(feed->header->risk))
		risk = feed->header->risk;
	model->certain = spp_verify_option_flag(feed, "spp-assign", "certain");
	model->risk_z = normal_quantile(1 - risk);
	model->act_within_s = spp_verify_option_number(
		feed, "spp-assign", "act_within", 3600);
	model->budget_moves =
		spp_verify_option_number(feed, "spp-assign", "max_moves", 100);
	read_weights(model);
	if (spp_verify_option(feed, "spp-assign", "cost", &text, &length) &&
		length == 6 && memcmp(text, "\"seed\"", 6) == 0) {
		model->seed = model->certain = true;
		model->weights.latency = model->weights.utilisation = 0;
		model->weights.migration = model->weights.smoothness = 0;
	}
	read_driver(model);
	if (!read_slots(model, err))
		return false;
	model->min_gain = spp_verify_option_number(feed, "spp-assign",
		"min_gain",
		model->end_s[model->slots - 1] >= 12 * 3600 ? .005 : .00125);
	return true;
}
