/** Words a page with a conversation carries. The first use on a page keeps them. */
const WORDS = {
  again: "Send again",
  colon: ": ",
  comma: ", ",
  drop: "Drop",
  emojiNone: "No emoji found",
  everybody: "everybody",
  everybodyHint: "All of the channel",
  failed: "Not sent",
  farDay: "%(weekday)s, %(month)s %(day)s, %(year)s",
  fullDay: "%(month)s %(day)s, %(year)s",
  nearDay: "%(weekday)s, %(month)s %(day)s",
  notPublished: "Not published.",
  more: "Actions for this message",
  several: "Several people are writing",
  read: "Read",
  readBy: "Read by %s",
  signedOut: "You are signed out",
  today: "today",
  tomorrow: "tomorrow",
  typing: "%s is writing",
  waiting: "On its way",
  remove: "Remove %s",
  why: "Why",
  yesterday: "yesterday",
};

export function conversationWords(): string {
  return `<script type="application/json" id="conversation-words">${JSON.stringify(WORDS)}</script>`;
}
