"""Keeps ONNX Runtime from telling its vendor what it is used for. Imported before it: it looks once, when it loads."""

import os

os.environ['ORT_DISABLE_TELEMETRY'] = '1'
