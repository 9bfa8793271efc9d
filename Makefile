# Every target sets up what it needs. UV_FIND_LINKS: where pip is configured to find extra wheels (a CPU build of torch).
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
FIND_LINKS := $(shell pip config get global.find-links 2>/dev/null)
SITE := $(VENV)/lib/python3.11/site-packages
# what the commands import at once: compiled at set-up, or the first run (every run under PYTHONDONTWRITEBYTECODE) pays a second
COMPILED := absl attr av cv2 face_recognition face_recognition_models google jinja2 jsonschema mediapipe numpy onnx onnxruntime \
  PIL pkg_resources pydantic rich scipy setuptools typer
TORCH := $(if $(FIND_LINKS),--find-links $(FIND_LINKS),--torch-backend cpu)

REPORT := verifier-report
SAMPLES := samples/media

.PHONY: setup demo picture test lint docs goldens bench clean

setup: $(VENV)/.ready

$(VENV)/.ready: pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 is needed: install it, or name it with PYTHON=..."; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { echo "Python's venv module is needed: apt-get install python3.11-venv"; exit 2; }
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip install --quiet --python $(BIN)/python $(TORCH) --editable '.[dev]'
	@$(BIN)/python -c "import cv2" 2>/dev/null || { echo "OpenCV needs libGL and GLib: apt-get install libgl1 libglib2.0-0"; exit 2; }
	@$(BIN)/python -m compileall -q -j 0 verifier $(addprefix $(SITE)/,$(COMPILED)) >/dev/null || true
	@touch $@

demo: setup
	@echo "Checking three sample rounds and an ID photo. The people in them are made up: see samples/README.md."
	@$(BIN)/verifier check $(SAMPLES)/round-1.mp4 $(SAMPLES)/round-2.mp4 $(SAMPLES)/round-3.mp4 \
	  --reference $(SAMPLES)/passport-photo.jpg --name "Jordan Reyes" --out $(REPORT) >/dev/null
	@echo "The report says who was compared, where the faces agree and where they do not, and what could not be seen."
	@echo "Open it in a browser; it needs no network. For pages to drop recordings on, run: $(BIN)/verifier ui"
	@echo "$(CURDIR)/$(REPORT)/report.html"

# The pictures in the README, made anew from the demo's report and the desks. Needs a Chromium (CHROMIUM=... names it).
picture: demo
	@$(BIN)/python -m samples.picture $(REPORT)/report.html docs/images/report.png
	@$(BIN)/python -m samples.pages docs/images

test: setup
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder -m "not slow"

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m verifier.docs --check

docs: setup
	$(BIN)/python -m verifier.docs

# Rewrites what the report tests compare with; look at the difference before you commit it.
goldens: setup
	$(BIN)/pytest tests/report --rewrite-goldens

bench: setup
	$(BIN)/python -m tests.benchmarks
	$(BIN)/python -m tests.benchmarks.store
	$(BIN)/python -m tests.benchmarks.manipulations

clean:
	rm -rf $(VENV) .work verifier-report
