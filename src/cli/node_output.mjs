// Lines on standard output, whole also where several processes share one pipe.
// A pipe takes what is longer than 4 kB in pieces once it is full, and other
// writers get in between; a file takes each write whole. Node has no lock of
// the system's, so a symbolic link whose target is the writer's process id
// stands for one; the native command locks the pipe itself (platform.c).
import {fstatSync, lstatSync, readlinkSync, symlinkSync, unlinkSync, writeSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

const clock = new Int32Array(new SharedArrayBuffer(4));
const rest = (milliseconds) => Atomics.wait(clock, 0, 0, milliseconds);

// False where the process of that id is gone.
function isAlive(id) {
  try {
    process.kill(id, 0);
    return true;
  } catch (error) {
    return error.code !== 'ESRCH';
  }
}

// What a dead process left behind is taken away. -> whether to try again at once
function clearStale(path) {
  try {
    if (lstatSync(path).uid !== process.getuid()) throw new Error('another user\'s: no lock of ours');
    const holder = Number(readlinkSync(path));
    if (isAlive(holder)) return false;
    unlinkSync(path);
  } catch (error) {
    if (error.code !== 'ENOENT') throw error; // gone meanwhile: good
  }
  return true;
}

// -> whether it was taken; a machine where it cannot be goes without
function take(path) {
  for (;;) {
    try {
      symlinkSync(String(process.pid), path);
      return true;
    } catch (error) {
      if (error.code !== 'EEXIST') return false;
    }
    try {
      if (!clearStale(path)) rest(1);
    } catch {
      return false;
    }
  }
}

function lockPath(fd) {
  const about = fstatSync(fd);
  if (!about.isFIFO() && !about.isSocket()) return null;
  return join(tmpdir(), `insitu-${process.getuid?.() ?? 0}-${about.dev}-${about.ino}.lock`);
}

// The reader has gone: end as the native command does, by SIGPIPE, which Node
// ignores until a listener of its own was there and left.
function endBySignal() {
  process.once('SIGPIPE', () => {});
  process.removeAllListeners('SIGPIPE');
  process.kill(process.pid, 'SIGPIPE');
}

function writeAll(fd, bytes) {
  for (let at = 0; at < bytes.length;) {
    try {
      at += writeSync(fd, bytes, at);
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error;
      rest(2);
    }
  }
}

// -> a function that writes all of its bytes and returns their number
export function lineWriter(fd) {
  let path;
  return (bytes) => {
    path ??= lockPath(fd) ?? '';
    const taken = path !== '' && take(path);
    let error;
    try {
      writeAll(fd, bytes);
    } catch (caught) {
      error = caught;
    }
    if (taken) unlinkSync(path);
    if (error?.code === 'EPIPE') endBySignal();
    if (error) throw error;
    return bytes.length;
  };
}
