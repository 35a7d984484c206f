// Part of the page only under `cargo xtask dev`: shows what has changed.
let shown = {"page": "", "style": ""};
new EventSource("/dev-events").onmessage = ({ data }) => {
  const latest = JSON.parse(data);
  if (latest.page !== shown.page) {
    location.reload();
  } else if (latest.style !== shown.style) {
    for (const link of document.querySelectorAll("link[rel=stylesheet]")) {
      const url = new URL(link.href);
      url.searchParams.set("style", latest.style);
      link.href = url;
    }
  }
  shown = latest;
};
