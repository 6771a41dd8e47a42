// Makes and uses passkeys, where the browser can: over https by a name, or on localhost.
const worksHere = isSecureContext && "PublicKeyCredential" in window && !/^[\d.]+$|:/.test(location.hostname);

const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

// The bot's options with bytes in place of text, as browsers want them.
function unpacked(options) {
  const keys = (list) => list?.map((key) => ({ ...key, id: bytes(key.id) }));
  return {
    ...options,
    challenge: bytes(options.challenge),
    ...(options.user && { user: { ...options.user, id: bytes(options.user.id) } }),
    ...(options.excludeCredentials && { excludeCredentials: keys(options.excludeCredentials) }),
    ...(options.allowCredentials && { allowCredentials: keys(options.allowCredentials) }),
  };
}

function packed(key) {
  const response = { clientDataJSON: text(key.response.clientDataJSON) };
  for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (key.response[name]) response[name] = text(key.response[name]);
  }
  return JSON.stringify({ id: key.id, rawId: text(key.rawId), type: key.type, response, clientExtensionResults: {} });
}

async function options(address, token) {
  const send = window.fetchConfirmed ?? fetch;
  const headers = { "HX-Request": "true" }; // a dialog, not a page, if the password is wanted
  const answer = await send(new URL(address, document.baseURI), { method: "POST", headers, body: new URLSearchParams({ token }) });
  if (!answer.ok) throw new Error((await answer.text()).startsWith("<") ? "This did not work. Load the page again." : "The bot has refused this. Load the page again.");
  return unpacked(await answer.json());
}

// Both give what the bot checks, as text.
export async function used(address, token) {
  return packed(await navigator.credentials.get({ publicKey: await options(address, token) }));
}
async function made(address, token) {
  return packed(await navigator.credentials.create({ publicKey: await options(address, token) }));
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const problem = form.querySelector("[data-problem]");
  form.querySelector("button").disabled = !worksHere;
  form.querySelector("[data-elsewhere]").hidden = worksHere;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    problem.hidden = true;
    try {
      const act = form.dataset.passkey === "make" ? made : used;
      form.elements.answer.value = await act(form.dataset.options, form.elements.token.value);
      form.submit();
    } catch (error) {
      if (error.name === "AbortError") return;
      problem.textContent = error.name === "InvalidStateError" ? "This device has a passkey already." : error.name === "NotAllowedError" ? "That was cancelled, or took too long." : error.message;
      problem.hidden = false;
    }
  });
}
