// Writing something down: the one way in which the page sends what people write, under the header that only it sets.

/** Send it; a refusal is an error that says why in the server's own words. */
export async function write(address: string, body: object): Promise<void> {
  const answer = await fetch(address, {
    method: "POST",
    headers: { "content-type": "application/json", "x-harmscape": "1" },
    body: JSON.stringify(body),
  }).catch(() => null);
  if (answer === null) throw new Error("The server did not answer.");
  if (answer.ok) return;
  const said = (await answer.json().catch(() => null)) as { error?: string } | null;
  throw new Error(said?.error ?? `The server answered ${answer.status}.`);
}
