/** Words a page with a conversation carries. The first use on a page keeps them. */
const WORDS = {
  again: "Send again",
  colon: ": ",
  comma: ", ",
  drop: "Drop",
  everybody: "everybody",
  everybodyHint: "All of the channel",
  failed: "Not sent",
  farDay: "%(weekday)s, %(month)s %(day)s, %(year)s",
  fullDay: "%(month)s %(day)s, %(year)s",
  nearDay: "%(weekday)s, %(month)s %(day)s",
  notPublished: "Not published.",
  several: "Several people are writing",
  signedOut: "You are signed out",
  today: "today",
  tomorrow: "tomorrow",
  typing: "%s is writing",
  waiting: "On its way",
  why: "Why",
  yesterday: "yesterday",
};

export function conversationWords(): string {
  return `<script type="application/json" id="conversation-words">${JSON.stringify(WORDS)}</script>`;
}
