// Sees every WebAssembly memory that the page makes. Imported first, so that
// no engine starts before it. A WebAssembly memory never shrinks: its size at
// the end is its peak.
const memories = new Set();

const keep = (instance) => {
  for (const value of Object.values(instance.exports)) {
    if (value instanceof NativeMemory) memories.add(value);
  }
  return instance;
};

const NativeMemory = WebAssembly.Memory;
WebAssembly.Memory = new Proxy(NativeMemory, {
  construct(target, args) {
    const memory = Reflect.construct(target, args);
    memories.add(memory);
    return memory;
  },
});
const {instantiate, instantiateStreaming, Instance} = WebAssembly;
const keepResult = (result) => {
  keep(result.instance ?? result);
  return result;
};
WebAssembly.instantiate = (...args) => instantiate.apply(WebAssembly, args).then(keepResult);
if (instantiateStreaming) {
  WebAssembly.instantiateStreaming = (...args) => instantiateStreaming.apply(WebAssembly, args).then(keepResult);
}
WebAssembly.Instance = new Proxy(Instance, {construct: (target, args) => keep(Reflect.construct(target, args))});

export const memoryBytes = () => [...memories].reduce((sum, memory) => sum + memory.buffer.byteLength, 0);
