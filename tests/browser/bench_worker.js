// Starts an engine as www/worker.js does, and counts what it does: calls to the GPU, time spent in WebAssembly.

const counts = { dispatches: 0, submits: 0, script: 0 };
const held = { gpu: 0, memory: null };

/** Runs `also` with each call of a method. */
function watch(owner, name, also) {
  const method = owner?.prototype?.[name];
  if (!method) return;
  owner.prototype[name] = function (...args) {
    const result = method.apply(this, args);
    also(this, args, result);
    return result;
  };
}

watch(globalThis.GPUComputePassEncoder, "dispatchWorkgroups", () => counts.dispatches++);
watch(globalThis.GPUComputePassEncoder, "dispatchWorkgroupsIndirect", () => counts.dispatches++);
watch(globalThis.GPUQueue, "submit", () => counts.submits++);
const sizes = new WeakMap();
watch(globalThis.GPUDevice, "createBuffer", (_, [{ size }], buffer) => {
  sizes.set(buffer, size);
  held.gpu += size;
});
watch(globalThis.GPUBuffer, "destroy", (buffer) => {
  held.gpu -= sizes.get(buffer) ?? 0;
  sizes.delete(buffer);
});

// Every way into WebAssembly is an export, so the time in the outermost ones is the engine's script time.
const instantiate = WebAssembly.instantiate;
WebAssembly.instantiate = async (module, imports) => {
  const instance = await instantiate(module, imports);
  let depth = 0;
  const exports = {};
  for (const [name, item] of Object.entries(instance.exports)) {
    if (item instanceof WebAssembly.Memory) held.memory = item;
    if (typeof item !== "function") {
      exports[name] = item;
      continue;
    }
    exports[name] = (...args) => {
      if (depth > 0) return item(...args);
      const start = performance.now();
      depth++;
      try {
        return item(...args);
      } finally {
        depth--;
        counts.script += performance.now() - start;
      }
    };
  }
  return { instance: { exports }, module };
};

const snapshot = () => ({ ...counts, elapsed: performance.now() });
let before = null;

// Before the engine's own listener, so that the clock starts with the command.
self.addEventListener("message", (event) => {
  if (!Array.isArray(event.data)) return;
  const { type } = JSON.parse(event.data[0]);
  if (type === "step") before = snapshot();
  if (type === "hold") {
    event.stopImmediatePropagation();
    const megabytes = { wasm_mb: (held.memory?.buffer.byteLength ?? 0) / 2 ** 20, gpu_mb: held.gpu / 2 ** 20 };
    tell([JSON.stringify({ type: "held", ...megabytes })]);
  }
});

const tell = self.postMessage.bind(self);
self.postMessage = (message, ...rest) => {
  if (before && Array.isArray(message) && message[0].includes('"paused"')) {
    tell([JSON.stringify({ type: "counted", before, after: snapshot() })]);
    before = null;
  }
  tell(message, ...rest);
};

self.onmessage = async ({ data: { glue, module } }) => {
  const { default: start } = await import(glue);
  await start({ module_or_path: module });
};
