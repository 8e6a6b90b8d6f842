/** Files of the clipboard, unless words lie beside them: Excel and Word put a picture of the words there, too. */
export function filesAlone(data: DataTransfer | null): File[] {
  return data?.getData("text/plain").trim() ? [] : [...(data?.files ?? [])];
}
