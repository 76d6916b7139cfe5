// Starts the command's WebAssembly module under Node. Mends what Emscripten's
// view of the machine's files gets wrong: it drops Node's environment, which
// INSITU_PACK needs; calls each standard stream a terminal, which progress must
// not believe; reads pipes at a position, which they do not have; takes names
// for text, so that bytes that are no UTF-8 are lost; and lets lines of several
// processes on one pipe mix.
import {closeSync, constants, fstatSync, openSync, readdirSync, statSync} from 'node:fs';
import {isatty} from 'node:tty';
import {fileURLToPath} from 'node:url';
import {encode, decode, givenArguments} from './node_names.mjs';
import {lineWriter} from './node_output.mjs';

// The module's numbers of open()'s flags, and Node's.
const FLAGS = [[1, constants.O_WRONLY], [2, constants.O_RDWR], [64, constants.O_CREAT], [128, constants.O_EXCL],
  [512, constants.O_TRUNC], [1024, constants.O_APPEND]];
const flagsOf = (flags) => FLAGS.reduce((all, [bit, own]) => (flags & bit ? all | own : all), constants.O_RDONLY);

export const start = (create) => create({
  // Where the packs are looked for: beside the built module.
  thisProgram: encode(Buffer.from(fileURLToPath(new URL('../../build/node/insitu', import.meta.url)))),
  arguments: givenArguments().map(encode),
  preRun: [({ENV}) => Object.assign(ENV, process.env)],
  onRuntimeInitialized() {
    const {FS, ERRNO_CODES} = this;
    // Node's error as the module's errno.
    const call = (work) => {
      try {
        return work();
      } catch (error) {
        throw error.code ? new FS.ErrnoError(ERRNO_CODES[error.code] ?? ERRNO_CODES.EIO) : error;
      }
    };
    for (const fd of [0, 1, 2]) FS.getStream(fd).tty = isatty(fd);
    FS.cwd = () => '.'; // Node resolves what is relative, by bytes
    FS.stat = (path) => call(() => statSync(decode(path)));
    FS.readdir = (path) => call(() => ['.', '..', ...readdirSync(decode(path))]);
    FS.lookupNode = FS.lookupPath = () => ({id: 1, mode: 0, node: {id: 1}}); // a listing's kinds: nobody asks
    FS.open = (path, flags, mode) => call(() => {
      const nfd = openSync(decode(path), flagsOf(flags), mode);
      try {
        const about = fstatSync(nfd);
        return FS.createStream({nfd, position: 0, path, flags, seekable: about.isFile(),
          node: {id: about.ino, mode: about.mode, node_ops: {}, path}});
      } catch (error) {
        closeSync(nfd);
        throw error;
      }
    });
    const {write} = FS;
    const writeLine = lineWriter(1);
    FS.write = (stream, heap, offset, length, ...position) => (stream.nfd === 1
      ? call(() => writeLine(new Uint8Array(heap.buffer, heap.byteOffset + offset, length)))
      : write(stream, heap, offset, length, ...position));
  },
});
