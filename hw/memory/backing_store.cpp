#include "hw/memory/backing_store.h"

#include <algorithm>
#include <cstring>

namespace systolith {

void BackingStore::read(std::uint64_t address, std::uint8_t* to, std::size_t bytes) const {
  while (bytes > 0) {
    const std::size_t offset = address % kPage;
    const std::size_t here = std::min(bytes, kPage - offset);
    const auto page = pages_.find(address / kPage);
    if (page == pages_.end())
      std::memset(to, 0, here);
    else
      std::memcpy(to, page->second->data() + offset, here);
    address += here;
    to += here;
    bytes -= here;
  }
}

void BackingStore::write(std::uint64_t address, const std::uint8_t* from, std::size_t bytes) {
  while (bytes > 0) {
    const std::size_t offset = address % kPage;
    const std::size_t here = std::min(bytes, kPage - offset);
    auto& page = pages_[address / kPage];
    if (!page) page = std::make_unique<Page>();
    std::memcpy(page->data() + offset, from, here);
    address += here;
    from += here;
    bytes -= here;
  }
}

}  // namespace systolith
