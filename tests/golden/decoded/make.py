"""Decodes every golden JPEG and PNG by libjpeg-turbo and libpng, for tests/c/decode_references.c:

    apt-get install libjpeg62-turbo-dev libpng-dev      (Debian 12: 2.1.5 and 1.6.39)
    python tests/golden/decoded/make.py                 (needs Pillow, which writes the PNGs; writes beside itself)

references.txt holds a line a picture: file, width, height, then SHA-256 of libpng's RGB bytes, or the PNG here
that holds the pixels, where rounding is the decoder's to choose: JPEG, and 16 bits with transparency (several
files that hold the same pixels share one).
"""
import hashlib
import pathlib
import subprocess
import tempfile

from PIL import Image

ROUNDED = ('grey-alpha16.png', 'rgba16-interlaced.png')
HERE = pathlib.Path(__file__).resolve().parent


def main():
    lines, kept = [], {}
    for old in HERE.glob('*.png'):
        old.unlink()
    with tempfile.TemporaryDirectory() as folder:
        program = f'{folder}/reference'
        subprocess.run(['cc', '-O2', '-Wall', HERE / 'reference.c', '-o', program, '-ljpeg', '-lpng'], check=True)
        for path in sorted([*HERE.parent.glob('*.jpg'), *HERE.parent.glob('*.png')]):
            if path.stem.startswith('photo'):  # their pixels would be megabytes here
                continue
            done = subprocess.run([program, path], capture_output=True, check=True)
            width, height = map(int, done.stderr.decode().splitlines()[-1].split())
            digest = hashlib.sha256(done.stdout).hexdigest()
            if path.suffix == '.jpg' or path.name in ROUNDED:
                if digest not in kept:
                    kept[digest] = f'{path.stem}.png'
                    Image.frombytes('RGB', (width, height), done.stdout).save(HERE / kept[digest], optimize=True)
                digest = kept[digest]
            lines.append(f'{path.name} {width} {height} {digest}\n')
    (HERE / 'references.txt').write_text(''.join(lines))


if __name__ == '__main__':
    main()
