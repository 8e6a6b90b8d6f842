import { meta } from "../../../kit/islands/lib/words";
import { phrase } from "./said";

/** The server refused with a reason for people; retrying does not help. */
export class RefusedError extends Error {}

/** The session has expired; retrying works after signing in. */
export class SignedOutError extends RefusedError {}

/** Fetch JSON. Throws RefusedError for 4xx answers, and a plain error for network and server failures. */
export async function ask<T>(address: string, parameters: Record<string, string | number> = {}): Promise<T> {
  const url = new URL(address, location.href);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, String(value));
  return (await answerOf(await fetch(url, { headers: { Accept: "application/json" } }))) as T;
}

/** Submit a form; throws the same errors as `ask`. @param keepalive sends also what is under way when the page is left. */
export async function send(address: string, body: FormData | Record<string, string | number>, keepalive = false): Promise<unknown> {
  const data = body instanceof FormData ? body : formOf(body);
  const headers = { Accept: "application/json", "X-CSRFToken": meta("csrf-token") };
  return answerOf(await fetch(address, { method: "POST", body: data, headers, keepalive }));
}

function formOf(values: Record<string, string | number>): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(values)) data.set(name, String(value));
  return data;
}

async function answerOf(answer: Response): Promise<unknown> {
  if (answer.redirected) throw new SignedOutError(phrase("signedOut"));
  if (answer.status >= 400 && answer.status < 500) {
    const problem = (await answer.json().catch(() => ({}))) as { error?: string };
    throw new RefusedError(problem.error ?? "");
  }
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.status === 204 ? null : answer.json();
}
