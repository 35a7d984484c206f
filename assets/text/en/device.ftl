### The device that trains, and the check of its maths.

device-none = no device
device-failed = failed
device-starting = starting
device-ready = ready
device-label = Device: { $name }, { $state }. Change
device-faster = faster: { $name }
device-train-on = Train on
device-auto = Auto
device-software = { $name } (software)
device-time = { NUMBER($milliseconds, minimumFractionDigits: 1, maximumFractionDigits: 1) } ms per step of the whole race
device-switch = Switch to { $name }
device-switch-hint = Starts again at step 0 with the same weights; the curves stay until then.

## Why this device

device-why-cpu-chosen = You chose the CPU.
device-why-webgpu-chosen = You chose WebGPU.
device-why-no-webgpu = On the CPU, since there is no WebGPU here.
device-why-software = On the CPU, since WebGPU is only emulated in software here.
device-why-cpu = On the CPU, which is ready first; small networks are often faster on it.
device-why-webgpu = On WebGPU, as it was before.

## What there is of WebGPU

webgpu-failed = WebGPU was tried and failed: { $why }
webgpu-missing = { $why }.
webgpu-software = WebGPU is only emulated in software here ({ $name }), which is far slower than the CPU path.
webgpu-measuring = WebGPU ({ $name }) is being measured in the background.
webgpu-is = WebGPU: { $name }.
webgpu-adapter = WebGPU adapter
webgpu-not-offered = This browser offers no WebGPU
webgpu-insecure = Browsers offer WebGPU only over https or on localhost
webgpu-no-gpu = This browser offers WebGPU, but found no usable GPU
webgpu-engine-coming = The engine for WebGPU is still being built; reload the page in a few minutes
webgpu-engine-missing = This copy of the page was built without the engine for WebGPU
webgpu-refused = The browser refused WebGPU ({ $why })

## Check the maths

check-title = Check the maths on this device
check-idea = Computes every loss and its gradients on the device that trains here, and compares them with values from pytorch-metric-learning 2.9.0. The race pauses meanwhile.
check-device = Device: { $name }
check-start = Start
check-again = Check again
check-running = Checking…
check-copy = Copy the report
check-progress = Cases checked
check-loading = Loading the cases…
check-done-of = { $done } of { $cases } cases
check-all-agree = All { $cases } cases agree.
check-some-differ = { $failed } of { $cases } cases do not agree.
check-results = Result for each loss
check-loss = Loss
check-cases = Cases
check-value-error = Value, largest error
check-gradient-error = Gradient, largest error
check-agrees = agrees
check-differ =
    { $count ->
        [one] 1 differs
       *[other] { $count } differ
    }
check-no-engine = The engine is not running. Start it, then check again.
check-device-changed = The device was changed while it was checked. Start again.
