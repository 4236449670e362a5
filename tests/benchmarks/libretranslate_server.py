"""A real LibreTranslate on this machine, offline, with one installed model: run it with the Python it is installed in.

    VENV/bin/python tests/benchmarks/libretranslate_server.py PORT MODEL_FOLDER PACKAGES_DIR

Two things are set aside because they want the network: the package index at the start, and the sentence splitter's
download. Sentences are sent as a list, so nothing is left to split. Everything else is LibreTranslate as it comes.
"""

import os
import shutil
import sys
from pathlib import Path


def main(port: str, model: Path, packages: Path) -> None:
    """Serve on 127.0.0.1 until killed."""
    packages.mkdir(parents=True, exist_ok=True)
    if not (packages / model.name).exists():
        shutil.copytree(model, packages / model.name, ignore=shutil.ignore_patterns("installed.json"))
    os.environ["ARGOS_PACKAGES_DIR"] = str(packages)
    import argostranslate.sbd
    import argostranslate.translate

    class Whole(argostranslate.sbd.ISentenceBoundaryDetectionModel):
        def __init__(self, pkg: object) -> None:
            self.pkg = pkg

        def split_sentences(self, text: str) -> list[str]:
            return [text]

    argostranslate.translate.MiniSBDSentencizer = Whole
    from libretranslate import init
    from libretranslate import main as serve

    init.boot = lambda *args, **options: None
    sys.argv = ["libretranslate", "--host", "127.0.0.1", "--port", port, "--load-only", "en,es", "--disable-web-ui"]
    sys.argv += ["--disable-files-translation", "--threads", str(os.cpu_count() or 1)]
    serve()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
