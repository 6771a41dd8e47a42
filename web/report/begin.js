// Starts a page, and says so where it cannot be drawn. `begin` is defined by the script before.
begin()
  .then(() => document.documentElement.classList.add("ready"))
  .catch((error) => {
    const failed = document.getElementById("failed");
    const isOld = typeof DecompressionStream === "undefined";
    failed.textContent = isOld ? "This browser is too old for the charts of this page: it cannot unpack them." : `The charts of this page could not be drawn: ${error.message}`;
    failed.hidden = false;
    throw error;
  });
