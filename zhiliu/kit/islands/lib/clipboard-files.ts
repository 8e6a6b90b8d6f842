/** Return the clipboard's files, unless it has text too: Excel and Word add a picture of the text. */
export function filesAlone(data: DataTransfer | null): File[] {
  return data?.getData("text/plain").trim() ? [] : [...(data?.files ?? [])];
}
