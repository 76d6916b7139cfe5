// Reads `objdump -d --no-show-raw-insn`: which innermost loops of a function
// write vector registers to the stack, which is what a compiler does with a sum
// that it has no register for. Such a store is waited for by the next round.

const INSTRUCTION = /^\s*([0-9a-f]+):\s+(\S+)\s*(.*)$/;

function parse(lines) {
  return lines.map((line) => INSTRUCTION.exec(line)).filter(Boolean)
    .map(([, address, name, words]) => ({address: parseInt(address, 16), name, words}));
}

// [first, last] of each jump back that holds no other one.
function innermostLoops(code) {
  const indexOf = new Map(code.map(({address}, i) => [address, i]));
  const loops = code.flatMap(({name, words}, last) => {
    const first = name.startsWith('j') ? indexOf.get(parseInt(words, 16)) : undefined;
    return first !== undefined && first <= last ? [[first, last]] : [];
  });
  return loops.filter(([first, last]) => !loops.some((other) => (other[0] !== first || other[1] !== last) && other[0] >= first && other[1] <= last));
}

// -> Map from each function of the text to the most such stores in one of its innermost loops
export function stackStoresInLoops(text) {
  const found = new Map();
  for (const part of text.split(/\n(?=[0-9a-f]+ <)/)) {
    const [head, ...lines] = part.split('\n');
    const [, name] = /^[0-9a-f]+ <([^>]+)>:$/.exec(head) ?? [];
    if (!name) continue;
    const code = parse(lines);
    // %rbp is a register like others, unless it holds the frame
    const frame = code.some(({name: op, words}) => op === 'mov' && words === '%rsp,%rbp') ? '%r[sb]p' : '%rsp';
    const store = new RegExp(`^%[xyz]mm\\d+,.*\\(${frame}\\b`);
    const counts = innermostLoops(code).map(([first, last]) =>
      code.slice(first, last + 1).filter(({name: op, words}) => op.includes('mov') && store.test(words)).length);
    found.set(name, Math.max(0, ...counts));
  }
  return found;
}
