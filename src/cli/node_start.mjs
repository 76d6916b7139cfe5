// Starts the command's WebAssembly module under Node. Mends what Emscripten's
// view of the machine's files gets wrong: it drops Node's environment, which
// INSITU_PACK needs; calls each standard stream a terminal, which progress must
// not believe; and reads pipes at a position, which they do not have.
import {fstatSync} from 'node:fs';
import {isatty} from 'node:tty';

export const start = (create) => create({
  preRun: [({ENV}) => Object.assign(ENV, process.env)],
  onRuntimeInitialized() {
    const {FS} = this;
    for (const fd of [0, 1, 2]) FS.getStream(fd).tty = isatty(fd);
    const {open} = FS;
    FS.open = (...words) => {
      const stream = open(...words);
      if (!fstatSync(stream.nfd).isFile()) stream.seekable = false;
      return stream;
    };
  },
});
