### What went wrong, and what to do.

trouble-no-webgpu = WebGPU is not available here
trouble-device-lost = The graphics device was lost
trouble-data = The data set could not be read
trouble-settings = These settings cannot be trained
trouble-engine = The engine stopped
# Said after what went wrong, when there are curves.
trouble-kept = { $detail } The curves recorded so far stay until you go on; share or export them first if you need them.
# What a screen reader is told.
trouble-told = { $title }. { $detail }

remedy-retry = Try again
remedy-cpu = Continue on the CPU
remedy-synthetic = Use synthetic data
remedy-default = Default settings

## Loading

error-unknown = unknown error
fetch-failed = { $file } could not be loaded ({ $why }). Is the connection up?
fetch-refused = { $file } could not be loaded: the server answered { $status }.
fetch-broken = { $file } broke off while loading ({ $why }).
fetch-no-text = { $file } is not a text.
language-failed = The texts in { $language } could not be loaded: { $why } The page stays as it is.
texts-damaged = { $file } is damaged: line { $line } cannot be read. Reload the page.
engine-damaged = { $file } is damaged ({ $why }).
worker-not-started = A worker could not be started ({ $why }).
worker-ended = The worker that trains ended unexpectedly.
worker-ended-why = The worker that trains ended unexpectedly ({ $why }).
command-not-sent = A command could not be sent ({ $why }).
copy-insecure = The browser lets pages copy only over https or on localhost.
