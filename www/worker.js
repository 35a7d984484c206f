// Starts an engine: the page says which one, and hands over its compiled code. From then on the engine itself listens.
self.onmessage = async ({ data: { glue, module } }) => {
  try {
    const { default: start } = await import(glue);
    await start({ module_or_path: module });
  } catch (error) {
    const failed = { type: "failed", cause: "engine", message: `The engine could not be started: ${error?.message ?? error}` };
    self.postMessage([JSON.stringify(failed)]);
  }
};
