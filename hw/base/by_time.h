// Queues whose items are in the order of their `at`.
#pragma once

#include <iterator>

namespace systolith {

// Behind those of the same time. True where it is the first now.
template <class Queue>
bool insert_by_time(Queue& queue, const typename Queue::value_type& item) {
  auto place = queue.end();
  while (place != queue.begin() && std::prev(place)->at > item.at) --place;
  const bool first = place == queue.begin();
  queue.insert(place, item);
  return first;
}

}  // namespace systolith
