### Taking along what was recorded.

export-saved = Saved.
export-link-copied = Link copied.
export-nothing-drawn = There is nothing drawn yet. Press Play first.
export-data-not-read = The data set is still being read. Try again in a moment.
