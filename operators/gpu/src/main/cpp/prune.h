// Robust pruning (Subramanya et al., DiskANN, 2019), the same code for a CPU thread and for a GPU warp.
#pragma once

#include "shared.h"

namespace tidemark {

// Of candidates sorted by distance, keeps at most `degree`, none of which is much nearer to a kept one than to the node:
// candidate c falls to a kept s when alpha * d(s, c) < d(node, c) in squared distances. A first pass with alpha 1 takes
// the most diverse ones, a second with the given alpha fills up.
//
// Lanes says how the work of one node is shared: lanes.distance gives every lane the same number, lanes.first() is true
// on one lane, lanes.sync() makes what it wrote seen by the others. `covered` has room for `count` floats.
template <class Lanes>
TDM_HD int robust_prune(const Lanes &lanes, const Key *candidates, int count, int degree, float alpha, float *covered,
                        Key *kept) {
  const float chosen = 3.0e38f;
  for (int i = lanes.index(); i < count; i += lanes.width()) covered[i] = 0;
  lanes.sync();
  int size = 0;
  for (int pass = 0; pass < 2 && size < degree; pass++) {
    float level = pass == 0 ? 1.0f : alpha;
    for (int i = 0; i < count && size < degree; i++) {
      if (covered[i] > level) continue;
      uint32_t number = key_number(candidates[i]);
      lanes.sync();  // all lanes have read covered[i]
      if (lanes.first()) {
        kept[size] = candidates[i];
        covered[i] = chosen;
      }
      size++;
      for (int j = i + 1; j < count; j++) {
        float before = covered[j];
        if (before > alpha) continue;
        float between = lanes.distance(number, key_number(candidates[j]));
        float ratio = between > 0 ? key_distance(candidates[j]) / between : chosen;
        if (lanes.first() && ratio > before) covered[j] = ratio < chosen ? ratio : chosen;
      }
      lanes.sync();
    }
  }
  return size;
}

}  // namespace tidemark
