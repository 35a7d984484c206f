// Starts an engine: the page says which one, and hands over its compiled code. From then on the engine itself listens.

// Keeps the GPU device that the engine is given, so that its loss can be tried out.
const adapter = globalThis.GPUAdapter?.prototype;
if (adapter?.requestDevice) {
  const requestDevice = adapter.requestDevice;
  adapter.requestDevice = async function (...request) {
    return (self.kyoriDevice = await requestDevice.apply(this, request));
  };
}

self.onmessage = async ({ data: { glue, module } }) => {
  try {
    const { default: start } = await import(glue);
    await start({ module_or_path: module });
  } catch (error) {
    const message = `The engine could not be started (${error?.message ?? error}).`;
    self.postMessage([JSON.stringify({ type: "failed", cause: "engine", message })]);
  }
};
