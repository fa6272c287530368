// How long a rank has been active: with a row open or a refresh under way. Events come in the order
// of their beginning; ends may lie in the future (a row that closes by itself, a refresh).
#pragma once

#include "hw/dram/timing_state.h"

namespace systolith {

class ActiveTime {
 public:
  void begin(Cycles at) {
    if (open_++ > 0 || at <= until_) return;
    total_ += until_ - since_;
    since_ = until_ = at;
  }
  void end(Cycles at) {
    --open_;
    until_ = later(until_, at);
  }
  // Requires: `now` is not before an earlier begin().
  Cycles total(Cycles now) const {
    const Cycles end = open_ > 0 || now < until_ ? now : until_;
    return total_ + (end - since_);
  }
  // Over and done with in the past, of which nothing is left but its length.
  void add(Cycles length) { total_ += length; }

 private:
  std::int64_t open_ = 0;
  Cycles since_, until_;  // of the latest stretch
  Cycles total_;          // of those before
};

}  // namespace systolith
