// Forms with `data-get` or `data-create` are hidden until this script shows them. It asks the
// browser for a passkey, and sends the response in the field `code`. Elements with
// `data-without-passkeys` are for browsers without them.

const supported = window.PublicKeyCredential?.parseRequestOptionsFromJSON;

for (const form of supported ? document.querySelectorAll("form[data-get], form[data-create]") : []) {
    const button = form.querySelector("button");
    const failure = form.querySelector("[role=alert]");
    form.hidden = false;
    document.querySelector("[data-without-passkeys]")?.remove();
    form.addEventListener("submit", async (event) => {
        event.preventDefault();
        failure.hidden = button.disabled = true;
        try {
            const credential = await ask(form.dataset);
            form.elements.code.value = JSON.stringify(credential);
            form.submit();
        } catch {
            failure.hidden = false;
        }
        button.disabled = false;
    });
}

async function ask({ get, create }) {
    if (create) {
        const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(JSON.parse(create));
        return navigator.credentials.create({ publicKey });
    }
    // Asked for only now, because options are valid for minutes.
    const answer = await fetch(get);
    if (!answer.ok) {
        // The sign-in has expired, which the page itself says.
        location.reload();
    }
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(await answer.json());
    return navigator.credentials.get({ publicKey });
}
