#include "hw/control/calendar.h"

#include <gtest/gtest.h>

#include "hw/control/systemc_kernel.h"

namespace systolith {
namespace {

struct Module final : Calendar::Entry {
  Module(std::string name_of, std::vector<std::string>& log_of) : name(name_of), log(log_of) {}
  void due() override {
    log.push_back(name + "@" + std::to_string(kernel_time().count()));
    if (then) then();
  }
  std::string name;
  std::vector<std::string>& log;
  std::function<void()> then;
};

struct Fixture {
  Fixture() {
    for (Module* module : {&a, &b, &c}) calendar.enroll(*module);
  }
  Calendar calendar{"calendar"};
  std::vector<std::string> log;
  Module a{"a", log}, b{"b", log}, c{"c", log};
};

using Log = std::vector<std::string>;

TEST(Calendar, StepsThoseDueAtOneTimeByRankInWhateverOrderTheyAsked) {
  const SystemcKernel kernel;
  Fixture f;
  f.calendar.at(f.c, Femtoseconds(5));
  f.calendar.at(f.a, Femtoseconds(9));
  f.calendar.at(f.b, Femtoseconds(5));
  sc_core::sc_start();
  EXPECT_EQ(f.log, (Log{"b@5", "c@5", "a@9"}));
}

TEST(Calendar, AnEarlierAppointmentReplacesALaterOneAndALaterOneIsPassedOver) {
  const SystemcKernel kernel;
  Fixture f;
  f.calendar.at(f.a, Femtoseconds(9));
  f.calendar.at(f.a, Femtoseconds(4));
  f.calendar.at(f.a, Femtoseconds(7));
  sc_core::sc_start();
  EXPECT_EQ(f.log, (Log{"a@4"}));
}

TEST(Calendar, WhatARoundAsksForNowIsTheNextRound) {
  const SystemcKernel kernel;
  Fixture f;
  f.a.then = [&] { f.calendar.now(f.c); };
  f.b.then = [&, first = true]() mutable {
    if (std::exchange(first, false)) f.calendar.now(f.a);
  };
  f.c.then = [&, first = true]() mutable {
    if (std::exchange(first, false)) f.calendar.at(f.b, Femtoseconds(8));
  };
  f.calendar.at(f.b, Femtoseconds(3));
  sc_core::sc_start();
  EXPECT_EQ(f.log, (Log{"b@3", "a@3", "c@3", "b@8"}));
}

TEST(Calendar, AnAppointmentAskedForAgainAtItsOwnTimeIsKeptOnce) {
  const SystemcKernel kernel;
  Fixture f;
  f.a.then = [&, left = 2]() mutable {
    if (left-- > 0) f.calendar.at(f.a, Femtoseconds(6));
  };
  f.calendar.at(f.a, Femtoseconds(6));
  f.calendar.at(f.a, Femtoseconds(2));
  sc_core::sc_start();
  EXPECT_EQ(f.log, (Log{"a@2", "a@6", "a@6"}));
}

}  // namespace
}  // namespace systolith
