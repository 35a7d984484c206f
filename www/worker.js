// Starts an engine: the page says which one, and hands over its compiled code. From then on the engine itself listens.

addEventListener("message", greeted, { once: true });

async function greeted({ data: { glue, module, log, test } }) {
  // How much the engine writes to the console.
  self.kyoriLog = log;
  if (test !== undefined) prepareTests();
  try {
    const { default: start } = await import(glue);
    await start({ module_or_path: module });
  } catch (error) {
    const failure = { kind: "engine-start", detail: `${error?.message ?? error}` };
    self.postMessage([JSON.stringify({ type: "failed", failure })]);
  }
}

/** For a page that was opened with `?test`: two accidents that can be asked for. The engine never hears of them. */
function prepareTests() {
  let device = null;
  const adapter = globalThis.GPUAdapter?.prototype;
  if (adapter) {
    const { requestDevice } = adapter;
    adapter.requestDevice = async function (...request) {
      return (device = await requestDevice.apply(this, request));
    };
  }
  // Before the engine's own listener.
  addEventListener("message", (event) => {
    if (!Array.isArray(event.data)) return;
    const { type } = JSON.parse(event.data[0]);
    if (type === "crash") {
      event.stopImmediatePropagation();
      throw new Error("the engine was asked to crash");
    }
    if (type === "lose-device") {
      event.stopImmediatePropagation();
      // As a driver's reset would.
      device?.destroy();
    }
  });
}
