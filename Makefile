# Each target sets up what it needs on a fresh Debian 12 machine: system packages, Python
# environment, configuration, build. A second call does only what changed.
#
#   make run     ResNet-50 on the default machine, with its report
#   make test    every test
#   make cosim   the RTL against its models, thousands of cases (ten minutes to build)
#   make bench   speed: the whole process and its parts
#   make bless   accept the golden traces' present timing (refuses under CI)
#   make docs    regenerate docs/reference
#   make asan    every test under the address and undefined-behaviour sanitizers
#   make format  clang-format over all C++
#   make clean   remove everything that was built

PRESET ?= release
BUILD := build/$(PRESET)
VENV := .venv
PYTHON := $(VENV)/bin/python
SYSTOLITH := $(BUILD)/bin/systolith
CTEST_FLAGS ?= --output-on-failure --parallel 2

.PHONY: run test cosim bench bless docs asan format clean packages cli everything

run: cli $(VENV)/.ready
	$(SYSTOLITH) run resnet50 --quantize int8 --out out/resnet50 --progress

test: everything
	ctest --test-dir $(BUILD) $(CTEST_FLAGS)

cosim: $(BUILD)/build.ninja
	cmake --build $(BUILD) --target cosim_everything
	$(BUILD)/tests/cosim/cosim_everything --gtest_brief=1

bench: everything
	$(PYTHON) tests/bench/whole_process.py $(SYSTOLITH)

bless: everything
	SYSTOLITH_BLESS=1 ctest --test-dir $(BUILD) --output-on-failure -R '^golden\.|CommandReference'

docs: cli $(VENV)/.ready
	$(PYTHON) docs/reference/generate.py $(SYSTOLITH)

asan:
	$(MAKE) test PRESET=asan

format:
	git ls-files '*.h' '*.cpp' | xargs clang-format -i

clean:
	rm -rf build out

cli: $(BUILD)/build.ninja
	cmake --build $(BUILD) --target systolith_cli

everything: $(BUILD)/build.ninja $(VENV)/.ready
	cmake --build $(BUILD)

# The virtual environment comes first: configuring looks for its Python.
$(BUILD)/build.ninja: | packages $(VENV)/.ready
	cmake --preset $(PRESET) $$(command -v ccache >/dev/null && \
	  echo -DCMAKE_CXX_COMPILER_LAUNCHER=ccache)

packages:
	@cmake/setup.sh

$(VENV)/.ready: pyproject.toml | packages
	/usr/bin/python3 -m venv --clear $(VENV)
	$(PYTHON) -c 'import tomllib; project = tomllib.load(open("pyproject.toml", "rb")); \
	  print(*project["project"]["dependencies"], *project["dependency-groups"]["test"], \
	        sep="\n")' > $(VENV)/requirements.txt
	$(PYTHON) -m pip install --quiet --disable-pip-version-check -r $(VENV)/requirements.txt
	touch $@
