/*
 * The order in which copies take their turn, once the answer stands: always
 * the change that can be ready first, ties by partition.  What is ready
 * only gets later by what goes before, so the times ascend in this order,
 * and a reader finds it again by sorting the answer by ready_s.
 *
 * A heap of times that may be too early: the first of it is worked out
 * again, and goes back when it has become later.
 */
#include "lib/assign/state.h"

struct heap {
	struct spp_state *state;
	struct spp_turn *turn;
	size_t count;
};

static bool before(const struct spp_turn *a, const struct spp_turn *b)
{
	if (a->ready_s != b->ready_s)
		return a->ready_s < b->ready_s;
	return a->partition < b->partition;
}

static void sift_down(struct heap *heap, size_t at)
{
	struct spp_turn turn = heap->turn[at];

	while (2 * at + 1 < heap->count) {
		size_t child = 2 * at + 1;

		if (child + 1 < heap->count &&
			before(&heap->turn[child + 1], &heap->turn[child]))
			child++;
		if (!before(&heap->turn[child], &turn))
			break;
		heap->turn[at] = heap->turn[child];
		at = child;
	}
	heap->turn[at] = turn;
}

void spp_state_settle(struct spp_state *state, struct spp_trial *trial)
{
	struct heap heap = {state, state->turn, state->changed};

	for (size_t i = 0; i < state->cluster->platforms; i++)
		state->given[i] = 0;
	for (size_t i = 0; i < state->changed; i++) {
		size_t p = state->order[i];

		heap.turn[i] = (struct spp_turn){
			spp_state_waits(state, p) + state->change[p].copy_s, p};
	}
	for (size_t i = heap.count; i-- > 0;)
		sift_down(&heap, i);
	state->changed = 0;
	while (heap.count > 0) {
		size_t p = heap.turn[0].partition;
		double ready_s =
			spp_state_waits(state, p) + state->change[p].copy_s;

		if (ready_s > heap.turn[0].ready_s) {
			heap.turn[0].ready_s = ready_s;
		} else {
			spp_state_give(state, p);
			state->order[state->changed++] = p;
			heap.turn[0] = heap.turn[--heap.count];
		}
		if (heap.count > 0)
			sift_down(&heap, 0);
	}
	spp_state_retime(state, trial);
}
